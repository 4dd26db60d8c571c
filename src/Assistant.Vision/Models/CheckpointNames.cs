namespace Assistant.Vision.Models;

/// <summary>What published files call the tensors of the networks here, for <see cref="Checkpoint.Load"/>: the same names, but for prefixes, tensors that are stored twice, and tables that the code can make.</summary>
public static class CheckpointNames
{
    /// <summary>BERT, also out of a file made from a model with a head (<c>bert.</c> before each name, <c>cls.</c> for the head), and with the norms' old names gamma and beta.</summary>
    /// <param name="name">Name in the file.</param>
    /// <returns>Name in <see cref="BertModel"/>, or null for what it lacks.</returns>
    public static string? Bert(string name)
    {
        if (name.StartsWith("cls.", StringComparison.Ordinal) || IsBuffer(name))
            return null;
        var own = name.StartsWith("bert.", StringComparison.Ordinal) ? name["bert.".Length..] : name;
        return own.Replace("LayerNorm.gamma", "LayerNorm.weight", StringComparison.Ordinal).Replace("LayerNorm.beta", "LayerNorm.bias", StringComparison.Ordinal);
    }

    /// <summary>CLIP.</summary>
    /// <param name="name">Name in the file.</param>
    /// <returns>Name in <see cref="ClipModel"/>, or null for what it lacks.</returns>
    public static string? Clip(string name) => IsBuffer(name) ? null : name;

    /// <summary>ViT with a classifier; files made for features too hold a pooler that nothing reads.</summary>
    /// <param name="name">Name in the file.</param>
    /// <returns>Name in <see cref="ViTForImageClassification"/>, or null for what it lacks.</returns>
    public static string? ViT(string name) => name.StartsWith("vit.pooler.", StringComparison.Ordinal) ? null : name;

    /// <summary>ResNet as transformers names it (<c>resnet.encoder.stages.0.layers.0.layer.0.convolution.weight</c>), in torchvision's names (<c>layer1.0.conv1.weight</c>).</summary>
    /// <param name="name">Name in the file.</param>
    /// <returns>Name in <see cref="ResNet"/>.</returns>
    public static string? ResNet(string name)
    {
        if (name.StartsWith("classifier.1.", StringComparison.Ordinal))
            return "fc." + name["classifier.1.".Length..];
        if (name.StartsWith("resnet.embedder.embedder.", StringComparison.Ordinal))
            return (name.Contains(".convolution.", StringComparison.Ordinal) ? "conv1." : "bn1.") + name[(name.LastIndexOf('.') + 1)..];
        return name.Split('.') switch
        {
            ["resnet", "encoder", "stages", var stage, "layers", var block, "shortcut", var kind, var value] when int.TryParse(stage, out var index) =>
                $"layer{index + 1}.{block}.downsample.{(kind == "convolution" ? 0 : 1)}.{value}",
            ["resnet", "encoder", "stages", var stage, "layers", var block, "layer", var layer, var kind, var value] when int.TryParse(stage, out var index) && int.TryParse(layer, out var number) =>
                $"layer{index + 1}.{block}.{(kind == "convolution" ? "conv" : "bn")}{number + 1}.{value}",
            _ => name,
        };
    }

    /// <summary>BLIP: the language head's matrix and bias are the word embedding and <c>cls.predictions.bias</c>.</summary>
    /// <param name="name">Name in the file.</param>
    /// <returns>Name in the network, or null for what it lacks.</returns>
    public static string? Blip(string name) => name.Contains(".cls.predictions.decoder.", StringComparison.Ordinal) || IsBuffer(name) ? null : name;

    /// <summary>ViLT.</summary>
    /// <param name="name">Name in the file.</param>
    /// <returns>Name in the network, or null for what it lacks.</returns>
    public static string? Vilt(string name) => IsBuffer(name) ? null : name;

    /// <summary>GPT-2 and ViT-GPT2: the output layer is the word embedding, old files hold the causal masks, some a pooler that nothing reads, and those of GPT-2 alone lack the prefix <c>transformer.</c></summary>
    /// <param name="name">Name in the file.</param>
    /// <returns>Name in the network, or null for what it lacks.</returns>
    public static string? Gpt2(string name)
    {
        string[] masks = [".attn.bias", ".attn.masked_bias", ".crossattention.bias", ".crossattention.masked_bias"];
        if (name.EndsWith("lm_head.weight", StringComparison.Ordinal) || name.StartsWith("encoder.pooler.", StringComparison.Ordinal) || masks.Any(mask => name.EndsWith(mask, StringComparison.Ordinal)))
            return null;
        return name.Split('.')[0] is "wte" or "wpe" or "h" or "ln_f" ? "transformer." + name : name;
    }

    /// <summary>BLIP-2 and OPT: the output layer is the word embedding.</summary>
    /// <param name="name">Name in the file.</param>
    /// <returns>Name in the network, or null for what it lacks.</returns>
    public static string? Blip2(string name) => name.EndsWith("lm_head.weight", StringComparison.Ordinal) || IsBuffer(name) ? null : name;

    /// <summary>What old files of any family keep beside their weights, although the configuration says it all: the numbers 0, 1, 2, ... of the positions, and the rotary frequencies.</summary>
    /// <param name="name">Name in the file.</param>
    public static bool IsBuffer(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name.Split('.')[^1] is "position_ids" || name.EndsWith(".rotary_emb.inv_freq", StringComparison.Ordinal);
    }
}
