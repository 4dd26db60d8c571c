namespace Assistant.Vision.Models;

/// <summary>What published files call the tensors of the networks here, for <see cref="Checkpoint.Load"/>: the same names, but for prefixes, tensors that are stored twice, and tables that the code can make.</summary>
public static class CheckpointNames
{
    /// <summary>BERT, also out of a file made from a model with a head (<c>bert.</c> before each name, <c>cls.</c> for the head), and with the norms' old names gamma and beta.</summary>
    /// <param name="name">Name in the file.</param>
    /// <returns>Name in <see cref="BertModel"/>, or null for what it lacks.</returns>
    public static string? Bert(string name)
    {
        if (name.StartsWith("cls.", StringComparison.Ordinal) || IsTable(name))
            return null;
        var own = name.StartsWith("bert.", StringComparison.Ordinal) ? name["bert.".Length..] : name;
        return own.Replace("LayerNorm.gamma", "LayerNorm.weight", StringComparison.Ordinal).Replace("LayerNorm.beta", "LayerNorm.bias", StringComparison.Ordinal);
    }

    /// <summary>BLIP: the language head's matrix and bias are the word embedding and <c>cls.predictions.bias</c>.</summary>
    /// <param name="name">Name in the file.</param>
    /// <returns>Name in the network, or null for what it lacks.</returns>
    public static string? Blip(string name) => name.Contains(".cls.predictions.decoder.", StringComparison.Ordinal) || IsTable(name) ? null : name;

    /// <summary>ViLT.</summary>
    /// <param name="name">Name in the file.</param>
    /// <returns>Name in the network, or null for what it lacks.</returns>
    public static string? Vilt(string name) => IsTable(name) ? null : name;

    /// <summary>GPT-2 and ViT-GPT2: the output layer is the word embedding, and old files hold the causal masks.</summary>
    /// <param name="name">Name in the file.</param>
    /// <returns>Name in the network, or null for what it lacks.</returns>
    public static string? Gpt2(string name)
    {
        string[] masks = [".attn.bias", ".attn.masked_bias", ".crossattention.bias", ".crossattention.masked_bias"];
        return name.EndsWith("lm_head.weight", StringComparison.Ordinal) || masks.Any(mask => name.EndsWith(mask, StringComparison.Ordinal)) ? null : name;
    }

    /// <summary>BLIP-2 and OPT: the output layer is the word embedding.</summary>
    /// <param name="name">Name in the file.</param>
    /// <returns>Name in the network, or null for what it lacks.</returns>
    public static string? Blip2(string name) => name.EndsWith("lm_head.weight", StringComparison.Ordinal) || IsTable(name) ? null : name;

    /// <summary>The numbers 0, 1, 2, ... that old files keep beside their position embeddings.</summary>
    private static bool IsTable(string name) => name.EndsWith("position_ids", StringComparison.Ordinal);
}
