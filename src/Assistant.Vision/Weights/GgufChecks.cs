namespace Assistant.Vision.Weights;

/// <summary>Refuses GGUF files that are well-formed but would abort, crash or hang llama.cpp when it loads or uses them.</summary>
public static class GgufChecks
{
    private const int MaxBlocks = 512; // llama.cpp asserts LLAMA_MAX_LAYERS
    private const int MaxExperts = 512; // and LLAMA_MAX_EXPERTS
    private const int ByteToken = 6; // of the types of tokens
    private const int MaxPooling = 4; // none, mean, first, last, rank
    private const int MaxTemplateLength = 256 * 1024; // the longest published ones have about 20 KB
    private const int MaxTemplateNesting = 64; // template engines recurse once a level

    /// <summary>Checks a language model's file.</summary>
    /// <param name="file">An open file.</param>
    /// <param name="vocabularyOnly">Whether a file without tensors will do.</param>
    /// <exception cref="WeightFileException">Names the first thing that is wrong.</exception>
    public static void ForTextModel(GgufFile file, bool vocabularyOnly = false)
    {
        ArgumentNullException.ThrowIfNull(file);
        var architecture = file.Architecture;
        if (architecture == "clip")
            throw new WeightFileException($"{file.Name} is a vision projector (mmproj), not a language model.");
        var blocks = file.Metadata.GetInteger($"{architecture}.block_count");
        Require(blocks is >= 1 and <= MaxBlocks, file, $"{architecture}.block_count is {blocks}; 1 to {MaxBlocks} are possible.");
        CheckWidths(file, architecture);
        CheckNumbers(file, architecture);
        CheckAsserted(file, architecture);
        var vocabulary = CheckVocabulary(file);
        CheckTemplate(file);
        if (vocabularyOnly)
            return;
        Require(file.Tensors.Count > 0, file, "the file holds a vocabulary but no weights.");
        CheckTypes(file);
        if (file.Find("token_embd.weight") is { } embedding)
        {
            var width = file.Metadata.GetInteger($"{architecture}.embedding_length");
            Require(embedding.Dimensions.Count == 2 && embedding.Dimensions[0] == width && embedding.Dimensions[1] == vocabulary, file,
                $"token_embd.weight has the shape [{string.Join(", ", embedding.Shape)}], but the vocabulary has {vocabulary} tokens of width {width}.");
        }
    }

    /// <summary>Checks a LoRA adapter's file.</summary>
    /// <param name="file">An open file.</param>
    /// <exception cref="WeightFileException">Names the first thing that is wrong.</exception>
    public static void ForAdapter(GgufFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        CheckTypes(file);
    }

    /// <summary>llama.cpp believes a file's types and aborts at the first product with one that it has no code for. Norms and biases it takes in 32 bits alone.</summary>
    private static void CheckTypes(GgufFile file)
    {
        foreach (var tensor in file.Tensors)
        {
            if (tensor.Dimensions.Count >= 2)
                Require(tensor.Type.IsMultiplied(), file, $"the tensor '{tensor.Name}' holds {tensor.Type}, which is no type of a matrix of weights.");
            else
                Require(tensor.Type == GgmlType.F32, file, $"the tensor '{tensor.Name}' of one dimension holds {tensor.Type}; F32 was expected.");
        }
    }

    private static void CheckWidths(GgufFile file, string architecture)
    {
        var metadata = file.Metadata;
        foreach (var key in (string[])["embedding_length", "context_length"])
        {
            var size = metadata.GetInteger($"{architecture}.{key}");
            Require(size is >= 1 and <= int.MaxValue, file, $"{architecture}.{key} is {size}; at least 1 was expected.");
        }

        var width = metadata.GetInteger($"{architecture}.embedding_length");
        var heads = metadata.FindIntegers($"{architecture}.attention.head_count") ?? [];
        var keyHeads = metadata.FindIntegers($"{architecture}.attention.head_count_kv") ?? heads;
        Require(heads.Length > 0 || keyHeads.Length == 0, file, $"{architecture}.attention.head_count_kv is given, but {architecture}.attention.head_count is missing.");
        Require(keyHeads.Length == heads.Length || keyHeads.Length == 1 || heads.Length == 1, file,
            $"{architecture}.attention.head_count has {heads.Length} entries and head_count_kv {keyHeads.Length}.");
        for (var i = 0; i < Math.Max(heads.Length, keyHeads.Length); i++)
        {
            var (count, keys) = (heads[Math.Min(i, heads.Length - 1)], keyHeads[Math.Min(i, keyHeads.Length - 1)]);
            if (count == 0 && heads.Length > 1)
                continue; // a block without attention in a hybrid model
            Require(count is >= 1 and <= 65536, file, $"{architecture}.attention.head_count is {count}.");
            Require(metadata.ContainsKey($"{architecture}.attention.key_length") || width % count == 0, file,
                $"{count} attention heads do not divide the embedding length {width}.");
            Require(keys >= 1 && count % keys == 0 || keys == 0 && keyHeads.Length > 1, file, $"{keys} key-value heads do not divide {count} attention heads.");
        }

        foreach (var key in (string[])["attention.key_length", "attention.value_length"])
            Require(metadata.FindInteger($"{architecture}.{key}") is null or (>= 1 and <= 65536), file, $"{architecture}.{key} is out of range.");
        if (heads is [> 0 and var only] && metadata.FindInteger($"{architecture}.rope.dimension_count") is { } rotated)
        {
            var head = metadata.FindInteger($"{architecture}.attention.key_length") ?? width / only;
            Require(rotated >= 0 && rotated <= head && rotated % 2 == 0, file, $"{architecture}.rope.dimension_count is {rotated}; an even number up to the head's width {head} was expected.");
        }

        var experts = metadata.FindInteger($"{architecture}.expert_count") ?? 0;
        Require(experts is >= 0 and <= MaxExperts, file, $"{architecture}.expert_count is {experts}; at most {MaxExperts} are possible.");
        Require((metadata.FindInteger($"{architecture}.expert_used_count") ?? 0) is var used && used >= 0 && used <= experts, file, $"{architecture}.expert_used_count is more than the {experts} experts.");
    }

    /// <summary>What llama.cpp asserts of some architectures, where it refuses most others.</summary>
    private static void CheckAsserted(GgufFile file, string architecture)
    {
        if (architecture is "smallthinker" or "llada-moe")
            Require(file.Metadata.FindInteger($"{architecture}.expert_count") > 0, file, $"{architecture}.expert_count is missing or 0.");
        if (architecture is "paddleocr" or "qwen2vl" or "qwen3vl" or "qwen3vlmoe" or "qwen35" or "qwen35moe")
            Require(file.Metadata.FindIntegers($"{architecture}.rope.dimension_sections")?.Take(3).Any(size => size > 0) == true, file, $"{architecture}.rope.dimension_sections is missing or 0.");
    }

    private static void CheckNumbers(GgufFile file, string architecture)
    {
        Require(file.Metadata.FindInteger($"{architecture}.pooling_type") is null or (>= 0 and <= MaxPooling), file,
            $"{architecture}.pooling_type is {file.Metadata.FindInteger($"{architecture}.pooling_type")}; 0 to {MaxPooling} are possible.");
        foreach (var key in (string[])["attention.layer_norm_rms_epsilon", "attention.layer_norm_epsilon", "attention.group_norm_epsilon"])
            if (file.Metadata.FindNumber($"{architecture}.{key}") is { } epsilon)
                Require(double.IsFinite(epsilon) && epsilon >= 0, file, $"{architecture}.{key} is {epsilon}; a finite number of at least 0 was expected.");
        foreach (var key in (string[])["rope.freq_base", "rope.scaling.factor"])
            if (file.Metadata.FindNumber($"{architecture}.{key}") is { } number)
                Require(double.IsFinite(number) && number >= 0, file, $"{architecture}.{key} is {number}; a finite number of at least 0 was expected.");
    }

    private static int CheckVocabulary(GgufFile file)
    {
        var metadata = file.Metadata;
        var tokens = metadata.FindStrings("tokenizer.ggml.tokens");
        Require(tokens is { Length: > 0 }, file, "the vocabulary tokenizer.ggml.tokens is missing or empty.");
        var seen = new Dictionary<string, int>(tokens!.Length, StringComparer.Ordinal);
        for (var i = 0; i < tokens.Length; i++)
            if (tokens[i].Length > 0) // llama.cpp gives empty ones names of their own, but asserts that the others differ
                Require(seen.TryAdd(tokens[i], i), file, $"tokens {seen[tokens[i]]} and {i} of the vocabulary are the same: '{tokens[i]}'.");

        // llama.cpp reads both without asking for their lengths.
        var scores = metadata.FindNumbers("tokenizer.ggml.scores");
        Require(scores is null || scores.Length == tokens.Length, file, $"the vocabulary has {tokens.Length} tokens, but {scores?.Length} scores.");
        Require(scores is null || Array.TrueForAll(scores, score => !float.IsNaN(score)), file, "a score of the vocabulary is not a number.");
        var types = metadata.FindIntegers("tokenizer.ggml.token_type");
        Require(types is null || types.Length == tokens.Length, file, $"the vocabulary has {tokens.Length} tokens, but {types?.Length} token types.");
        CheckBytes(file, tokens, types, seen);
        foreach (var (key, value) in metadata)
            if (key.StartsWith("tokenizer.ggml.", StringComparison.Ordinal) && key.EndsWith("_token_id", StringComparison.Ordinal)
                && metadata.FindInteger(key) is { } id && value is not uint.MaxValue) // all bits set means "none"
                Require(id >= 0 && id < tokens.Length, file, $"{key} is {id}, but the vocabulary has {tokens.Length} tokens.");
        return tokens.Length;
    }

    /// <summary>Tokens of single bytes: llama.cpp ends the process where it needs one that is not there, and where one is spelt otherwise or in a vocabulary that has none.</summary>
    private static void CheckBytes(GgufFile file, string[] tokens, long[]? types, Dictionary<string, int> seen)
    {
        var tokenizer = file.Metadata.FindString("tokenizer.ggml.model");
        for (var value = 0; value < 256 && tokenizer == "llama"; value++)
            Require(seen.ContainsKey($"<0x{value:X2}>") || (value < 128 && seen.ContainsKey(((char)value).ToString())), file, $"the vocabulary has no token for the byte {value:X2}.");
        for (var i = 0; i < types?.Length; i++)
        {
            if (types[i] != ByteToken)
                continue;
            Require(tokenizer != "bert", file, $"token {i} of the vocabulary is a byte, which a vocabulary of BERT has not.");
            Require(tokens[i] is ['<', '0', 'x', var high, var low, '>'] && char.IsAsciiHexDigit(high) && char.IsAsciiHexDigit(low), file, $"token {i} of the vocabulary is a byte, but is called '{tokens[i]}'.");
        }
    }

    private static void CheckTemplate(GgufFile file)
    {
        foreach (var (key, value) in file.Metadata)
        {
            if (!key.StartsWith("tokenizer.chat_template", StringComparison.Ordinal) || value is not string template)
                continue;
            Require(template.Length <= MaxTemplateLength, file, $"{key} has {template.Length} characters; at most {MaxTemplateLength} are accepted.");
            var depth = TemplateNesting(template);
            Require(depth <= MaxTemplateNesting, file, $"{key} is nested {depth} deep; at most {MaxTemplateNesting} levels are accepted.");
        }
    }

    /// <summary>The deepest nesting of brackets and of opened blocks in a Jinja template, from above: texts are not told from code.</summary>
    private static int TemplateNesting(string template)
    {
        var (brackets, blocks, deepest) = (0, 0, 0);
        for (var i = 0; i < template.Length; i++)
        {
            if (template[i] is '(' or '[' or '{')
                brackets++;
            else if (template[i] is ')' or ']' or '}' && brackets > 0)
                brackets--;
            if (template.AsSpan(i).StartsWith("{%"))
            {
                var word = template.AsSpan(i + 2).TrimStart("-+ \t\r\n");
                if (word.StartsWith("end"))
                    blocks = Math.Max(0, blocks - 1);
                else if (word.StartsWith("if") || word.StartsWith("for") || word.StartsWith("macro") || word.StartsWith("call") || word.StartsWith("filter") || word.StartsWith("generation"))
                    blocks++;
            }
            deepest = Math.Max(deepest, brackets + blocks);
        }
        return deepest;
    }

    private static void Require(bool condition, GgufFile file, string otherwise)
    {
        if (!condition)
            throw new WeightFileException($"{file.Name} cannot be used: {otherwise}");
    }
}
