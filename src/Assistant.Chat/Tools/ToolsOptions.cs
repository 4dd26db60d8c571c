namespace Assistant.Chat.Tools;

/// <summary>The tools that a model may use on the pictures of a chat, and the bounds of their use: section "Tools" of appsettings.json, read at the start only.</summary>
/// <remarks>Each tool names a folder with a network of its own; a tool without a folder is not offered. Relative paths start at the folder that holds appsettings.json.</remarks>
public sealed class ToolsOptions
{
    /// <summary>Name of the section.</summary>
    public const string Section = "Tools";

    /// <summary>Folder of a CLIP network, for labels of one's own.</summary>
    /// <value>The default is null: not offered.</value>
    public string? Labels { get; set; }

    /// <summary>Folder of a BLIP, BLIP-2 or ViT-GPT2 network that captions pictures.</summary>
    /// <value>The default is null: not offered.</value>
    public string? Caption { get; set; }

    /// <summary>Folder of a ViLT, BLIP or BLIP-2 network that answers questions about pictures.</summary>
    /// <value>The default is null: not offered.</value>
    public string? Questions { get; set; }

    /// <summary>Folder of a CLIP network that tells how alike two pictures are.</summary>
    /// <value>The default is null: not offered.</value>
    public string? Similarity { get; set; }

    /// <summary>Folder of a BLIP network that tells whether a text fits a picture.</summary>
    /// <value>The default is null: not offered.</value>
    public string? Matching { get; set; }

    /// <summary>Whether requests over HTTP use the tools, too, unless they bring tools of their own or say otherwise.</summary>
    /// <value>The default is false: a request has to ask for them.</value>
    public bool OverHttp { get; set; }

    /// <summary>Whether any tool has a network.</summary>
    public bool HasNetworks => new[] { Labels, Caption, Questions, Similarity, Matching }.Any(folder => !string.IsNullOrWhiteSpace(folder));

    /// <summary>How often a model may be asked again with the results of its calls.</summary>
    /// <value>The default is 6.</value>
    public int MaxRounds { get; set; } = 6;

    /// <summary>How many rounds in a row may fail before the answer does.</summary>
    /// <value>The default is 3.</value>
    public int MaxConsecutiveErrors { get; set; } = 3;

    /// <summary>Whether calls of one round run side by side.</summary>
    /// <value>The default is false: networks on the same processor cores only slow each other down.</value>
    public bool Parallel { get; set; }

    /// <summary>Whether the model is told the text of exceptions.</summary>
    /// <value>The default is false: they can hold paths and other things of the machine.</value>
    public bool ErrorDetails { get; set; }
}
