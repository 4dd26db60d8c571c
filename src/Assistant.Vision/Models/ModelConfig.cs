using System.Globalization;
using System.Text.Json;

namespace Assistant.Vision.Models;

/// <summary>A checkpoint's config.json, read field by field; a missing or misshapen field is named in the error.</summary>
/// <remarks>Published files leave out fields that equal the class's default, so most reads give one.</remarks>
public sealed class ModelConfig
{
    private readonly JsonElement json;
    private readonly string path;

    /// <summary>Wraps a JSON object.</summary>
    /// <param name="json">The object.</param>
    /// <param name="path">Where it stands, for messages.</param>
    public ModelConfig(JsonElement json, string path = "config.json")
    {
        if (json.ValueKind != JsonValueKind.Object)
            throw new ModelConfigException($"{path}: expected a JSON object, found {json.ValueKind}.");
        (this.json, this.path) = (json, path);
    }

    /// <summary>Reads a file.</summary>
    /// <exception cref="ModelConfigException">The file is absent or is not a JSON object.</exception>
    public static ModelConfig Load(string file)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(file));
            return new ModelConfig(document.RootElement.Clone(), file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new ModelConfigException($"{file} cannot be read: {error.Message}", error);
        }
    }

    /// <summary>Where the object stands: the file, and inside it the fields that lead to it.</summary>
    public string Path => path;

    /// <summary>Whether the field is there and not null.</summary>
    public bool Has(string name) => json.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null;

    /// <summary>An object field.</summary>
    public ModelConfig Object(string name) => new(Required(name), $"{path}: {name}");

    /// <summary>An integer field; without a default it must be there.</summary>
    public int Int(string name, int? fallback = null)
    {
        if (fallback is { } value && !Has(name))
            return value;
        return Required(name) is { ValueKind: JsonValueKind.Number } number && number.TryGetInt32(out var integer) ? integer : throw Wrong(name, "an integer");
    }

    /// <summary>A size, a count or a width: an integer of at least 1.</summary>
    public int Size(string name, int? fallback = null)
    {
        var size = Int(name, fallback);
        return size >= 1 ? size : throw new ModelConfigException($"{path}: '{name}' must be at least 1, it is {size}.");
    }

    /// <summary>A number field; without a default it must be there.</summary>
    public double Number(string name, double? fallback = null)
    {
        if (fallback is { } value && !Has(name))
            return value;
        return Required(name) is { ValueKind: JsonValueKind.Number } number ? number.GetDouble() : throw Wrong(name, "a number");
    }

    /// <summary>A text field; without a default it must be there.</summary>
    public string Text(string name, string? fallback = null)
    {
        if (fallback is not null && !Has(name))
            return fallback;
        return Required(name) is { ValueKind: JsonValueKind.String } text ? text.GetString()! : throw Wrong(name, "a string");
    }

    /// <summary>A truth field; without a default it must be there.</summary>
    public bool Flag(string name, bool? fallback = null)
    {
        if (fallback is { } value && !Has(name))
            return value;
        return Required(name).ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => throw Wrong(name, "true or false"),
        };
    }

    /// <summary>A list of texts, such as <c>architectures</c>; empty where the field is absent.</summary>
    public IReadOnlyList<string> Texts(string name)
    {
        if (!Has(name))
            return [];
        var value = Required(name);
        return value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String)
            ? value.EnumerateArray().Select(item => item.GetString()!).ToList()
            : throw Wrong(name, "a list of strings");
    }

    /// <summary>A list of integers.</summary>
    public IReadOnlyList<int> Ints(string name)
    {
        var value = Required(name);
        return value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.Number && item.TryGetInt32(out _))
            ? value.EnumerateArray().Select(item => item.GetInt32()).ToList()
            : throw Wrong(name, "a list of integers");
    }

    /// <summary>The class names of <c>id2label</c>, in the order of their numbers; LABEL_0 and so on where only <c>num_labels</c> is there (two if it is not).</summary>
    /// <exception cref="ModelConfigException">The numbers do not run from 0 without a gap.</exception>
    public IReadOnlyList<string> Labels()
    {
        if (!Has("id2label"))
            return Enumerable.Range(0, Size("num_labels", 2)).Select(index => $"LABEL_{index}").ToList();
        var labels = Object("id2label");
        var count = labels.json.EnumerateObject().Count();
        return Enumerable.Range(0, count).Select(index => labels.Text(index.ToString(CultureInfo.InvariantCulture))).ToList();
    }

    private JsonElement Required(string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null
            ? value
            : throw new ModelConfigException($"{path}: field '{name}' is missing.");

    private ModelConfigException Wrong(string name, string expected) =>
        new($"{path}: '{name}' must be {expected}, it is {json.GetProperty(name).GetRawText()}.");
}

/// <summary>A model's configuration cannot be used; the message names the file, the field and what was expected.</summary>
public sealed class ModelConfigException : Exception
{
    /// <summary>Says what is wrong.</summary>
    public ModelConfigException(string message, Exception? inner = null) : base(message, inner)
    {
    }
}
