namespace Assistant.Web.Apis;

/// <summary>Sentences for what the protocols have and this server does not offer.</summary>
internal static class UnsupportedOperations
{
    /// <summary>501 with a sentence.</summary>
    public static Task Push() => throw ApiException.NotImplemented("pushing models is not offered: this server gives nothing to others; the files of a model that was pulled or created lie in the data directory");

    /// <summary>501 with a sentence.</summary>
    public static Task Slots() => throw ApiException.NotImplemented("what each slot does is not told: others' questions are none of a client's business; /api/ps and /metrics count requests");

    /// <summary>404 with a sentence: what there is else would be a page in HTML.</summary>
    public static Task Endpoint(HttpContext context) =>
        throw new ApiException(StatusCodes.Status404NotFound, $"there is no endpoint {context.Request.Method} {context.Request.Path}");
}
