using System.Text.Json;
using System.Text.Json.Nodes;
using Assistant.Vision.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace Assistant.Training.Export;

/// <summary>What the folders of all exported networks have in common: config.json, preprocessor_config.json and model.safetensors.</summary>
internal static class HuggingFaceFolder
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Writes the three files; weights as float16, single numbers as float32.</summary>
    /// <param name="model">The network, under its checkpoint's names.</param>
    /// <param name="config">config.json.</param>
    /// <param name="imageSize">Side of the picture that it takes.</param>
    /// <param name="folder">Target; files in it are replaced.</param>
    public static void Save(nn.Module model, JsonObject config, int imageSize, string folder)
    {
        Directory.CreateDirectory(folder);
        Write("config.json", config);
        Write("preprocessor_config.json", Preprocessing(imageSize));
        var writer = new SafetensorsWriter();
        writer.Metadata["format"] = "pt";
        foreach (var (name, weight) in model.state_dict())
            writer.Add(name, weight.dim() == 0 ? WeightType.F32 : WeightType.F16, weight.shape, () => weight.data<float>().ToArray());
        writer.Save(Path.Combine(folder, "model.safetensors"));

        void Write(string name, JsonObject json) => AtomicFile.WriteAllText(Path.Combine(folder, name), json.ToJsonString(Indented) + "\n");
    }

    // Padded to a square like the pictures of the training, then CLIP's own steps.
    private static JsonObject Preprocessing(int size) => new()
    {
        ["image_processor_type"] = "CLIPImageProcessor",
        ["do_convert_rgb"] = true,
        ["do_pad"] = true,
        ["do_resize"] = true,
        ["size"] = new JsonObject { ["shortest_edge"] = size },
        ["resample"] = 3,
        ["do_center_crop"] = true,
        ["crop_size"] = new JsonObject { ["height"] = size, ["width"] = size },
        ["do_rescale"] = true,
        ["rescale_factor"] = 1 / 255.0,
        ["do_normalize"] = true,
        ["image_mean"] = new JsonArray(0.48145466, 0.4578275, 0.40821073),
        ["image_std"] = new JsonArray(0.26862954, 0.26130258, 0.27577711),
    };
}
