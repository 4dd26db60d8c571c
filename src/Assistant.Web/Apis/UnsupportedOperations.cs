namespace Assistant.Web.Apis;

/// <summary>Sentences for what the protocols have and this server does not offer.</summary>
internal static class UnsupportedOperations
{
    private const string WhereModelsAre = "models are files that the section \"Models\" of appsettings.json names; put the files in place and name them there";

    /// <summary>A handler that answers 501 and says where models are configured.</summary>
    /// <param name="what">What was asked for, as the sentence's beginning.</param>
    public static Func<Task> Models(string what) => () => throw ApiException.NotImplemented($"{what} is not offered: {WhereModelsAre}");

    /// <summary>A handler that answers 501 to a request for embeddings.</summary>
    public static Task Embeddings() => throw ApiException.NotImplemented($"embeddings are not offered: the configured models write answers; {WhereModelsAre}");

    /// <summary>404 with a sentence: what there is else would be a page in HTML.</summary>
    public static Task Endpoint(HttpContext context) =>
        throw new ApiException(StatusCodes.Status404NotFound, $"there is no endpoint {context.Request.Method} {context.Request.Path}");
}
