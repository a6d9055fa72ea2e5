using Functional.Optim;
using LanguageExt;
using LanguageExt.Common;
using Schedule = Functional.Optim.Schedule;

namespace LanguageModel;

/// <summary>The optimizers of the command line, each after the clip of the gradient's norm.</summary>
public static class OptimizerChoice
{
    private const string Matrices = "matrices";

    /// <summary>The matrices of the blocks: neither embeddings nor the output layer, which is one of them.</summary>
    private static readonly LeafFilter Hidden = LeafFilter.Custom(
        "hidden", static leaf => leaf.Rank >= 2 && leaf.Name.StartsWith("block", StringComparison.Ordinal));

    /// <summary>Every optimizer of the catalogue, and momentum.</summary>
    public static CatalogueChoice<Optimizer> Known { get; } = new("--optimizer", Catalogue.Optimizers, ("momentum", "sgd"));

    /// <summary>The optimizer of a preset with its schedule, or every error found. Decay holds for leaves of rank 2 and more.</summary>
    public static Validation<Error, Optimizer> Create(Preset preset)
    {
        Validation<Error, Schedule> schedule = ScheduleChoice.Create(preset);
        return (Known.Build(preset.Optimizer, name => FiguresOf(preset, name), schedule.IfFail(Schedule.Constant(0))), schedule)
            // Without a limit the clip still refuses a gradient that is not finite.
            .Apply((optimizer, _) => Clip.ByGlobalNorm(preset.Clip == 0 ? double.PositiveInfinity : preset.Clip).Then(ForEveryLeaf(optimizer)));
    }

    /// <summary>Muon takes hidden matrices; the other leaves go by AdamW at the same rate.</summary>
    private static Optimizer ForEveryLeaf(Optimizer optimizer) => optimizer is Muon muon
        ? Partition.Of(
            new(Hidden.ToString(), Hidden, muon), new("rest", LeafFilter.All, AdamW.Of(muon.LearningRate, weightDecay: 0)))
        : optimizer;

    /// <summary>What the presets say about an optimizer; of the others they know only which leaves decay.</summary>
    private static IEnumerable<(string Option, object Value)> FiguresOf(Preset preset, string name)
    {
        yield return ("decay", Matrices);
        yield return ("filter", Matrices);
        // The presets' decay is meant for adamw; as an L2 penalty the same figure is another, much stronger thing.
        if ((preset.WeightDecay ?? (name == "adamw" ? Preset.DecoupledDecay : null)) is { } decay) yield return ("weightDecay", decay);
        if (name == "momentum") yield return ("momentum", preset.Beta1);
        if (name is not ("adam" or "adamw")) yield break;
        yield return ("beta1", preset.Beta1);
        yield return ("beta2", preset.Beta2);
    }
}
