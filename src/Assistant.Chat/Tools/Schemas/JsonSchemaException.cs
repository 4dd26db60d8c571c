namespace Assistant.Chat.Tools.Schemas;

/// <summary>A JSON schema that cannot become a grammar. The message names the keyword and where it stands.</summary>
public sealed class JsonSchemaException : Exception
{
    /// <summary>Says what cannot be expressed, and where.</summary>
    /// <param name="path">JSON pointer of the schema's part; empty for the whole schema.</param>
    /// <param name="why">What is wrong with it.</param>
    public JsonSchemaException(string path, string why) : base($"The JSON schema cannot be used: {why} (at {(path.Length == 0 ? "#" : "#" + path)}).")
    {
    }
}
