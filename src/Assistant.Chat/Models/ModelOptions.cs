namespace Assistant.Chat.Models;

/// <summary>The configured models: keys "Models" and "DefaultModel" of appsettings.json.</summary>
public sealed class ModelsOptions
{
    /// <summary>Name of the model used where a request names none.</summary>
    /// <value>The default is null: the first one.</value>
    public string? DefaultModel { get; set; }

    /// <summary>The models, at least one.</summary>
    public IList<ModelOptions> Models { get; } = [];

    /// <summary>Most memory that models in this process may take together: bytes (<c>8GB</c>, <c>6.5 GiB</c>) or a share of the machine's (<c>50%</c>).
    /// The one unused for longest leaves when another needs its room; one that does not fit at all is refused.</summary>
    /// <value>The default is <c>80%</c>.</value>
    public string ModelMemoryLimit { get; set; } = "80%";
}

/// <summary>One model: an entry of "Models" of appsettings.json. Relative paths start at the folder that holds appsettings.json.</summary>
/// <remarks>One of <see cref="TextModel"/>, <see cref="Embedder"/> and <see cref="Remote"/> says what kind it is.</remarks>
public sealed class ModelOptions
{
    /// <summary>Name in requests, without tag.</summary>
    public string Name { get; set; } = "";

    /// <summary>GGUF file of the language model.</summary>
    public string TextModel { get; set; } = "";

    /// <summary>Folder of a CLIP model as Hugging Face serves it, or a GGUF file: it turns texts (CLIP: and pictures) into vectors and writes no answers.</summary>
    /// <value>The default is null: it is no such model.</value>
    public string? Embedder { get; set; }

    /// <summary>A model on another server.</summary>
    /// <value>The default is null: the model runs in this process.</value>
    public RemoteModelOptions? Remote { get; set; }

    /// <summary>GGUF file of vision tower and projector (mmproj).</summary>
    /// <value>The default is null: the model takes no pictures.</value>
    public string? Projector { get; set; }

    /// <summary>LoRA adapters that are put on the language model, in this order.</summary>
    public IList<AdapterOptions> Adapters { get; } = [];

    /// <summary>Chat template: the name of a built-in one, a template in Jinja, or the path of a file that ends in .jinja.</summary>
    /// <value>The default is null: the one that the text model's file stands for.</value>
    public string? Template { get; set; }

    /// <summary>Context window of each conversation in tokens.</summary>
    /// <value>
    /// The default is 4096, or what the model was trained with if that is less; 0 takes the latter.
    /// A request's <c>num_ctx</c> can make it larger, up to what the model was trained with.
    /// </value>
    public int ContextLength { get; set; } = 4096;

    /// <summary>System message where a conversation has none.</summary>
    /// <value>The default is null: the template's own, if it has one.</value>
    public string? System { get; set; }

    /// <summary>Messages that stand before those of every conversation, behind its system message: examples of how to answer, say.</summary>
    public IList<BaseMessageOptions> Messages { get; } = [];

    /// <summary>Terms under which it may be used, for those who ask.</summary>
    /// <value>The default is null: what the text model's file says.</value>
    public string? License { get; set; }

    /// <summary>Threads for computing.</summary>
    /// <value>The default is 0: one for each processor.</value>
    public int Threads { get; set; }

    /// <summary>Requests that are answered side by side, each with a whole context of its own.</summary>
    /// <value>The default is 4; fewer where their contexts would take more than a quarter of the machine's memory.</value>
    public int Slots { get; set; } = 4;

    /// <summary>Requests that may wait for one of the slots; more are refused.</summary>
    /// <value>The default is 128.</value>
    public int MaxQueue { get; set; } = 128;

    /// <summary>Most memory for conversations that had to leave their slot, so that they need not be read again when they go on: such as <c>1GB</c> or <c>5%</c> of the machine's.</summary>
    /// <value>The default is <c>512MiB</c>; 0 keeps none.</value>
    public string SavedPrefixes { get; set; } = "512MiB";

    /// <summary>Whether to compute attention in one fused step.</summary>
    /// <value>The default is false: on CPUs it makes reading a prompt a little faster, and writing after a picture half as fast.</value>
    public bool FlashAttention { get; set; }

    /// <summary>Texts that end an answer, besides the template's.</summary>
    public IList<string> Stop { get; } = [];

    /// <summary>How long it stays in memory after its last request, unless that request says otherwise.</summary>
    /// <value>The default is null: for good.</value>
    public TimeSpan? KeepAlive { get; set; }

    /// <summary>Sampling where a request does not say.</summary>
    public ModelSamplingOptions Sampling { get; set; } = new();
}

/// <summary>A message before every conversation: an entry of "Messages" of a model.</summary>
public sealed class BaseMessageOptions
{
    /// <summary><c>system</c>, <c>user</c> or <c>assistant</c>.</summary>
    public string Role { get; set; } = "";

    /// <summary>Its text.</summary>
    public string Content { get; set; } = "";
}

/// <summary>A LoRA adapter: an entry of "Adapters" of a model.</summary>
public sealed class AdapterOptions
{
    /// <summary>GGUF file of the adapter; it must be made for the model's architecture.</summary>
    public string Path { get; set; } = "";

    /// <summary>Its strength.</summary>
    /// <value>The default is 1: as trained.</value>
    public float Scale { get; set; } = 1;
}

/// <summary>A model that a server with OpenAI's protocol runs: key "Remote" of a model.</summary>
public sealed class RemoteModelOptions
{
    /// <summary>Base address of the protocol, such as <c>http://127.0.0.1:8080/v1</c>.</summary>
    public string Url { get; set; } = "";

    /// <summary>The model's name there.</summary>
    public string Model { get; set; } = "";

    /// <summary>Sent as bearer token.</summary>
    /// <value>The default is null: none.</value>
    public string? ApiKey { get; set; }

    /// <summary>Whether it takes pictures.</summary>
    /// <value>The default is true.</value>
    public bool Vision { get; set; } = true;

    /// <summary>Whether it calls tools.</summary>
    /// <value>The default is true.</value>
    public bool Tools { get; set; } = true;

    /// <summary>Longest wait for the answer's beginning and between its pieces.</summary>
    /// <value>The default is ten minutes: such servers load models, too.</value>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromMinutes(10);
}

/// <summary>Sampling where a request does not say: key "Sampling" of a model. The defaults are Ollama's.</summary>
public sealed class ModelSamplingOptions
{
    /// <summary>Divides the logits; 0 always takes the likeliest token.</summary>
    /// <value>The default is 0.8.</value>
    public float Temperature { get; set; } = 0.8f;

    /// <summary>Keeps the k likeliest tokens; 0 keeps all.</summary>
    /// <value>The default is 40.</value>
    public int TopK { get; set; } = 40;

    /// <summary>Keeps the likeliest tokens that hold this share of the probability.</summary>
    /// <value>The default is 0.9.</value>
    public float TopP { get; set; } = 0.9f;

    /// <summary>Keeps tokens at least this likely, relative to the likeliest.</summary>
    /// <value>The default is 0: all.</value>
    public float MinP { get; set; }

    /// <summary>Locally typical sampling.</summary>
    /// <value>The default is 1: off.</value>
    public float TypicalP { get; set; } = 1;

    /// <summary>Divides the logits of tokens seen lately.</summary>
    /// <value>The default is 1: off.</value>
    public float RepeatPenalty { get; set; } = 1;

    /// <summary>How many tokens back penalties look; -1: the whole context.</summary>
    /// <value>The default is 64.</value>
    public int RepeatLastN { get; set; } = 64;

    /// <summary>Subtracted for each time a token was seen lately.</summary>
    /// <value>The default is 0.</value>
    public float FrequencyPenalty { get; set; }

    /// <summary>Subtracted if a token was seen lately.</summary>
    /// <value>The default is 0.</value>
    public float PresencePenalty { get; set; }

    /// <summary>Repeated tokens from which on an answer that says a phrase at least three times in a row is in a loop: the first is broken, at the second the answer ends (at the fourth where a grammar does not let it); 0 lets them be.</summary>
    /// <value>The default is 128.</value>
    public int LoopLimit { get; set; } = 128;

    /// <summary>Seed of the draw.</summary>
    /// <value>The default is null: a random one for each answer.</value>
    public long? Seed { get; set; }

    /// <summary>Most tokens of an answer.</summary>
    /// <value>The default is null: until the model ends or the context is full.</value>
    public int? MaxOutputTokens { get; set; }
}
