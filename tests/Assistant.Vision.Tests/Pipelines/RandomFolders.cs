using Assistant.Vision.Models;

namespace Assistant.Vision.Tests.Pipelines;

/// <summary>Small networks of sizes that no reference folder has, with random weights and everything else that a folder holds.</summary>
internal static class RandomFolders
{
    public static ModelFolder Clip(int width = 24, int heads = 3, int layers = 2, int patch = 6, int size = 18, string activation = "gelu") => ModelFolder.OfRandom($$"""
        {"model_type":"clip","architectures":["CLIPModel"],"projection_dim":20,
         "text_config":{"vocab_size":60,"hidden_size":{{width}},"intermediate_size":40,"num_hidden_layers":{{layers}},"num_attention_heads":{{heads}},"max_position_embeddings":70,"hidden_act":"{{activation}}","eos_token_id":59},
         "vision_config":{"hidden_size":{{width}},"intermediate_size":52,"num_hidden_layers":{{layers}},"num_attention_heads":{{heads}},"image_size":{{size}},"patch_size":{{patch}},"hidden_act":"{{activation}}"} }
        """, ModelFolder.ClipProcessor(size), ClipModel.From).WithClip(58, 59);

    public static string BlipConfig(string architecture, int width = 24, int heads = 3, int layers = 2, int patch = 5, int size = 20, int visionWidth = 16) => $$"""
        {"model_type":"blip","architectures":["{{architecture}}"],"image_text_hidden_size":12,
         "text_config":{"vocab_size":40,"hidden_size":{{width}},"intermediate_size":36,"num_hidden_layers":{{layers}},"num_attention_heads":{{heads}},"max_position_embeddings":45,"bos_token_id":38,"sep_token_id":3},
         "vision_config":{"hidden_size":{{visionWidth}},"intermediate_size":28,"num_hidden_layers":{{layers}},"num_attention_heads":2,"image_size":{{size}},"patch_size":{{patch}} } }
        """;

    public static ModelFolder BlipCaption() => ModelFolder.OfRandom(BlipConfig("BlipForConditionalGeneration"), ModelFolder.BlipProcessor(20), BlipForConditionalGeneration.From).WithBert(38, 2, 3);

    public static ModelFolder BlipVqa() => ModelFolder.OfRandom(BlipConfig("BlipForQuestionAnswering", width: 32, heads: 4, layers: 1, patch: 10, visionWidth: 32), ModelFolder.BlipProcessor(20), BlipForQuestionAnswering.From).WithBert(38, 2, 3);

    public static ModelFolder BlipItm() => ModelFolder.OfRandom(BlipConfig("BlipForImageTextRetrieval", layers: 3, patch: 4), ModelFolder.BlipProcessor(20), BlipForImageTextRetrieval.From).WithBert(38, 2, 3);

    public static ModelFolder VitGpt2() => ModelFolder.OfRandom("""
        {"model_type":"vision-encoder-decoder","architectures":["VisionEncoderDecoderModel"],"decoder_start_token_id":101,"eos_token_id":101,
         "encoder":{"model_type":"vit","hidden_size":20,"intermediate_size":30,"num_hidden_layers":1,"num_attention_heads":4,"image_size":21,"patch_size":7},
         "decoder":{"model_type":"gpt2","vocab_size":104,"n_embd":28,"n_layer":3,"n_head":7,"n_positions":50}}
        """, ModelFolder.ViTProcessor(21), VisionEncoderDecoderModel.From).WithGpt2(102, end: 101);

    /// <param name="imageToken">Null: an old configuration, whose prompts hold no image token.</param>
    public static ModelFolder Blip2(int? imageToken = 103) => ModelFolder.OfRandom($$"""
        {"model_type":"blip-2","architectures":["Blip2ForConditionalGeneration"],"num_query_tokens":5,"image_token_index":{{imageToken?.ToString() ?? "null"}},
         "vision_config":{"hidden_size":18,"intermediate_size":30,"num_hidden_layers":1,"num_attention_heads":3,"image_size":16,"patch_size":8},
         "qformer_config":{"hidden_size":20,"intermediate_size":32,"num_hidden_layers":3,"num_attention_heads":5,"encoder_hidden_size":18},
         "text_config":{"model_type":"opt","vocab_size":104,"hidden_size":24,"word_embed_proj_dim":24,"ffn_dim":40,"num_hidden_layers":2,"num_attention_heads":3,"max_position_embeddings":80,"eos_token_id":6} }
        """, ModelFolder.BlipProcessor(16), Blip2ForConditionalGeneration.From).WithGpt2(103);

    public static ModelFolder Vilt() => ModelFolder.OfRandom("""
        {"model_type":"vilt","architectures":["ViltForQuestionAnswering"],"vocab_size":40,"hidden_size":20,"intermediate_size":36,"num_hidden_layers":2,"num_attention_heads":5,
         "image_size":24,"patch_size":6,"max_position_embeddings":12,"id2label":{"0":"yes","1":"no","2":"two","3":"red"}}
        """, ModelFolder.ViltProcessor(24, 6), ViltForQuestionAnswering.From).WithBert(38, 2, 3);

    public static ModelFolder ViT() => ModelFolder.OfRandom("""
        {"model_type":"vit","architectures":["ViTForImageClassification"],"hidden_size":20,"intermediate_size":36,"num_hidden_layers":2,"num_attention_heads":5,
         "image_size":18,"patch_size":6,"id2label":{"0":"cat","1":"dog","2":"car"}}
        """, ModelFolder.ViTProcessor(18), ViTForImageClassification.From);
}
