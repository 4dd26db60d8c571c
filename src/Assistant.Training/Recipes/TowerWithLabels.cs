using Assistant.Training.Scenes;
using Assistant.Vision.Models;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Assistant.Training.Recipes;

/// <summary>The tower with heads that read the labels off its patch states.</summary>
internal sealed class TowerWithLabels : nn.Module
{
    private readonly nn.Module tower;
    private readonly Func<Tensor, Tensor> states;
    private readonly LayerNorm norm;
    private readonly Linear kind, color, size, background, centre, anchor;

    public TowerWithLabels(ClipVisionTransformer tower, int width) : this(tower, pixel_values => tower.HiddenState(pixel_values, -1), width)
    {
    }

    public TowerWithLabels(BlipVisionModel tower) : this(tower, tower.call, tower.Config.HiddenSize)
    {
    }

    // The states of class token and patches, [pictures, patches + 1, width].
    private TowerWithLabels(nn.Module tower, Func<Tensor, Tensor> states, int width) : base(nameof(TowerWithLabels))
    {
        (this.tower, this.states) = (tower, states);
        norm = nn.LayerNorm(width);
        kind = nn.Linear(width, SceneKind.All.Count + 1);
        color = nn.Linear(width, Enum.GetValues<SceneColor>().Length);
        size = nn.Linear(width, Enum.GetValues<SceneSize>().Length);
        background = nn.Linear(width, Enum.GetValues<SceneColor>().Length);
        centre = nn.Linear(width, 2);
        anchor = nn.Linear(width, 1);
        RegisterComponents();
    }

    /// <summary>The heads' own parameters, without the tower's.</summary>
    public IEnumerable<Parameter> HeadParameters => Heads.SelectMany(head => head.parameters());

    /// <summary>Last hidden states of the patches.</summary>
    /// <returns>[pictures, patches, width].</returns>
    public Tensor Patches(Tensor pixel_values)
    {
        using var scope = NewDisposeScope();
        var all = states(pixel_values);
        return all.narrow(1, 1, all.shape[1] - 1).MoveToOuterDisposeScope();
    }

    /// <summary>How badly the labels are read off.</summary>
    /// <param name="patches">[pictures, patches, width].</param>
    /// <param name="batch">The pictures' labels.</param>
    public Tensor Loss(Tensor patches, LabelledPictures batch)
    {
        using var scope = NewDisposeScope();
        var states = norm.call(patches).flatten(0, 1); // [pictures * patches, width]
        var kinds = tensor(batch.Kind);
        var kindScores = kind.call(states);
        // Six of seven patches show background: without a term of their own the objects would hardly be heard.
        var loss = F.cross_entropy(kindScores, kinds)
            + 2 * LabelLoss.Of(kindScores, batch.Kind.Select(label => label == LabelledPictures.Nothing ? -1 : label).ToArray())
            + LabelLoss.Of(color.call(states), batch.Color)
            + 0.5 * LabelLoss.Of(size.call(states), batch.Size)
            + 0.5 * LabelLoss.Of(background.call(states), batch.Background);
        var covered = (kinds != LabelledPictures.Nothing).unsqueeze(1).to(ScalarType.Float32); // [pictures * patches, 1]
        var miss = (centre.call(states) - tensor(batch.Centre, [batch.Kind.Length, 2])).abs() * covered;
        loss = loss + 5 * F.binary_cross_entropy_with_logits(anchor.call(states).squeeze(1), tensor(batch.Anchor));
        return (loss + 5 * miss.sum() / covered.sum().clamp_min(1)).MoveToOuterDisposeScope();
    }

    /// <summary>Share of patches whose label is read off rightly, by label.</summary>
    public IReadOnlyDictionary<string, double> Accuracy(LabelledPictures batch)
    {
        var states = norm.call(Patches(batch.PixelTensor())).flatten(0, 1);
        return new Dictionary<string, double>
        {
            ["kind"] = Share(kind, batch.Kind),
            ["shape"] = Share(kind, Only(of => of.Shape is not null)),
            ["thing"] = Share(kind, Only(of => of.Thing is not null)),
            ["glyph"] = Share(kind, Only(of => of.Glyph is not null)),
            ["color"] = Share(color, batch.Color),
            ["size"] = Share(size, batch.Size),
            ["background"] = Share(background, batch.Background),
            ["anchors"] = Anchors(),
        };

        long[] Only(Func<SceneKind, bool> wanted) =>
            batch.Kind.Select(label => label != LabelledPictures.Nothing && wanted(SceneKind.All[(int)label - 1]) ? label : -1).ToArray();

        // Pictures whose anchors are all found, and no others.
        double Anchors()
        {
            var right = ((anchor.call(states).squeeze(1) > 0) == (tensor(batch.Anchor) > 0)).reshape(batch.Count, -1);
            return right.all(1).to(ScalarType.Float32).mean().item<float>();
        }

        double Share(Linear head, long[] labels)
        {
            var guesses = head.call(states).argmax(-1).data<long>().ToArray();
            var pairs = guesses.Zip(labels).Where(pair => pair.Second >= 0).ToList();
            return pairs.Count(pair => pair.First == pair.Second) / (double)Math.Max(1, pairs.Count);
        }
    }

    private nn.Module[] Heads => [norm, kind, color, size, background, centre, anchor];
}
