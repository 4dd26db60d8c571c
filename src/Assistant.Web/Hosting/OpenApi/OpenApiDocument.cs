using System.Reflection;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization.Metadata;
using Assistant.Web.Apis;

namespace Assistant.Web.Hosting.OpenApi;

/// <summary><c>GET /openapi.json</c>: the endpoints in OpenAPI 3.1, from their descriptions and the types that go over the wire.</summary>
/// <remarks>
/// The framework's own generator reads handlers' parameters; these handlers read bodies themselves, whatever their content type, and each protocol
/// has its own JSON naming. So the schemas come from the same type information that the endpoints serialise with.
/// </remarks>
internal static class OpenApiDocument
{
    /// <summary>Maps it.</summary>
    public static void MapOpenApiDocument(this IEndpointRouteBuilder routes)
    {
        var sources = routes.DataSources;
        Lazy<string> text = new(() => Build(sources.SelectMany(source => source.Endpoints)).ToJsonString());
        routes.MapGet("/openapi.json", () => TypedResults.Text(text.Value, "application/json; charset=utf-8")).WithTags("Server").Describe("This description.");
    }

    /// <summary>The document.</summary>
    internal static JsonObject Build(IEnumerable<Endpoint> endpoints)
    {
        var (paths, schemas) = (new JsonObject(), new SortedDictionary<string, JsonNode>(StringComparer.Ordinal));
        foreach (var endpoint in endpoints.OfType<RouteEndpoint>().OrderBy(endpoint => endpoint.RoutePattern.RawText, StringComparer.Ordinal))
        {
            if (endpoint.Metadata.GetMetadata<EndpointDescription>() is not { } description)
                continue;
            var path = "/" + string.Join('/', endpoint.RoutePattern.PathSegments.Select(segment => string.Concat(segment.Parts.Select(ToText))));
            var item = paths[path] as JsonObject ?? [];
            foreach (var method in endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? [])
                item[method.ToLowerInvariant()] = Operation(endpoint, description, schemas);
            paths[path] = item;
        }
        return new JsonObject
        {
            ["openapi"] = "3.1.0",
            ["info"] = new JsonObject
            {
                ["title"] = "Assistant",
                ["version"] = typeof(OpenApiDocument).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0],
                ["description"] = "A local assistant that sees, under Ollama's and OpenAI's protocols.",
            },
            ["paths"] = paths,
            ["components"] = new JsonObject
            {
                ["schemas"] = new JsonObject(schemas.Select(schema => KeyValuePair.Create<string, JsonNode?>(schema.Key, schema.Value))),
                ["securitySchemes"] = new JsonObject { ["key"] = new JsonObject { ["type"] = "http", ["scheme"] = "bearer" } },
            },
        };
    }

    private static string ToText(Microsoft.AspNetCore.Routing.Patterns.RoutePatternPart part) => part switch
    {
        Microsoft.AspNetCore.Routing.Patterns.RoutePatternParameterPart parameter => $"{{{parameter.Name}}}",
        Microsoft.AspNetCore.Routing.Patterns.RoutePatternLiteralPart literal => literal.Content,
        _ => "",
    };

    private static JsonObject Operation(RouteEndpoint endpoint, EndpointDescription description, SortedDictionary<string, JsonNode> schemas)
    {
        var operation = new JsonObject { ["summary"] = description.Summary };
        if (endpoint.Metadata.GetMetadata<Microsoft.AspNetCore.Http.Metadata.ITagsMetadata>()?.Tags is { Count: > 0 } tags)
            operation["tags"] = new JsonArray([.. tags.Select(tag => (JsonNode)tag)]);
        if (endpoint.RoutePattern.Parameters is { Count: > 0 } parameters)
        {
            operation["parameters"] = new JsonArray([.. parameters.Select(parameter => new JsonObject
            {
                ["name"] = parameter.Name,
                ["in"] = "path",
                ["required"] = true,
                ["schema"] = new JsonObject { ["type"] = "string" },
            })]);
        }
        if (description.Request is { } request)
            operation["requestBody"] = new JsonObject { ["required"] = true, ["content"] = new JsonObject { ["application/json"] = Media(request, schemas) } };
        var content = new JsonObject();
        if (description.Response is { } response)
            content["application/json"] = Media(response, schemas);
        if (description.Event is { } streamed)
            content[description.EventType] = Media(streamed, schemas);
        var ok = new JsonObject { ["description"] = "OK" };
        if (content.Count > 0)
            ok["content"] = content;
        operation["responses"] = new JsonObject { ["200"] = ok, ["default"] = new JsonObject { ["description"] = "An error in the protocol's own shape, with a sentence." } };
        return operation;
    }

    private static JsonObject Media(JsonTypeInfo type, SortedDictionary<string, JsonNode> schemas)
    {
        var name = type.Type.Name;
        if (!schemas.ContainsKey(name))
        {
            var schema = type.GetJsonSchemaAsNode(new JsonSchemaExporterOptions { TreatNullObliviousAsNonNullable = true, TransformSchemaNode = Transform });
            Anchor(schema, "#/components/schemas/" + name);
            schemas[name] = schema;
        }
        return new JsonObject { ["schema"] = new JsonObject { ["$ref"] = "#/components/schemas/" + name } };
    }

    private static JsonNode Transform(JsonSchemaExporterContext context, JsonNode schema) =>
        context.TypeInfo.Type == typeof(ImagePayload) ? new JsonObject { ["type"] = "string", ["description"] = "A picture in base64, bare or as a data URL." }
        : context.TypeInfo.Type == typeof(JsonObject) ? new JsonObject { ["type"] = new JsonArray("object", "null") } // whose converter tells nothing
        : schema;

    /// <summary>Points references within a schema at the place that it has in the document.</summary>
    private static void Anchor(JsonNode? node, string place)
    {
        if (node is JsonObject json)
        {
            if (json["$ref"] is JsonValue reference && reference.TryGetValue<string>(out var target) && target.StartsWith('#') && !target.StartsWith("#/components/", StringComparison.Ordinal))
                json["$ref"] = place + target[1..];
            foreach (var (_, child) in json.ToList())
                Anchor(child, place);
        }
        else if (node is JsonArray list)
        {
            foreach (var child in list)
                Anchor(child, place);
        }
    }
}
