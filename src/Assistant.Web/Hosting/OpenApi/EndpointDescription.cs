using System.Text.Json.Serialization.Metadata;

namespace Assistant.Web.Hosting.OpenApi;

/// <summary>What the description of the HTTP protocols says of an endpoint.</summary>
/// <param name="Summary">What it does, in a sentence.</param>
/// <param name="Request">Its body; null for none.</param>
/// <param name="Response">Its whole answer; null for one that is no JSON.</param>
/// <param name="Event">One object of its streamed answer; null if it does not stream.</param>
/// <param name="EventType">Media type of the stream.</param>
internal sealed record EndpointDescription(string Summary, JsonTypeInfo? Request, JsonTypeInfo? Response, JsonTypeInfo? Event, string EventType);

/// <summary>Describes endpoints where they are mapped.</summary>
internal static class EndpointDescriptions
{
    /// <summary>Adds a description. Types for requests would restrict content types, which these protocols do not look at.</summary>
    public static TBuilder Describe<TBuilder>(
        this TBuilder endpoint, string summary, JsonTypeInfo? request = null, JsonTypeInfo? response = null, JsonTypeInfo? streamed = null, string eventType = "application/x-ndjson")
        where TBuilder : IEndpointConventionBuilder
    {
        var description = new EndpointDescription(summary, request, response, streamed, eventType);
        endpoint.Add(builder => builder.Metadata.Add(description));
        return endpoint;
    }
}
