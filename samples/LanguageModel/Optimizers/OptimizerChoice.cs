using Functional.Optim;
using LanguageExt;
using LanguageExt.Common;
using Schedule = Functional.Optim.Schedule;

namespace LanguageModel;

/// <summary>The optimizers of the command line, each after a clip by the global norm.</summary>
public static class OptimizerChoice
{
    private const string Matrices = "matrices";

    /// <summary>The matrices of the blocks, without the embeddings; one of these is also the output layer.</summary>
    private static readonly LeafFilter Hidden = LeafFilter.Custom(
        "hidden", static leaf => leaf.Rank >= 2 && leaf.Name.StartsWith("block", StringComparison.Ordinal));

    /// <summary>Every optimizer of the catalogue, and momentum.</summary>
    public static CatalogueChoice<Optimizer> Known { get; } =
        new("--optimizer", Catalogue.Optimizers, ("momentum", "sgd"));

    /// <summary>
    /// The optimizer of a preset with its schedule, or all validation errors. Only leaves of rank 2 and more decay.
    /// </summary>
    public static Validation<Error, Optimizer> Create(Preset preset)
    {
        Validation<Error, Schedule> schedule = ScheduleChoice.Create(preset);
        Validation<Error, Optimizer> built = Known.Build(
            preset.Optimizer, name => FiguresOf(preset, name), schedule.IfFail(Schedule.Constant(0)));
        double clip = preset.Clip == 0 ? double.PositiveInfinity : preset.Clip;
        return (built, schedule)
            // Without a limit the clip still throws on a gradient that is not finite.
            .Apply((optimizer, _) => Clip.ByGlobalNorm(clip).Then(ForEveryLeaf(optimizer)));
    }

    /// <summary>Muon gets the hidden matrices, AdamW the other leaves, at the same learning rate.</summary>
    private static Optimizer ForEveryLeaf(Optimizer optimizer) => optimizer is Muon muon
        ? Partition.Of(
            new(Hidden.ToString(), Hidden, muon),
            new("rest", LeafFilter.All, AdamW.Of(muon.LearningRate, weightDecay: 0)))
        : optimizer;

    /// <summary>The options that a preset gives an optimizer; most get only the leaves that decay.</summary>
    private static IEnumerable<(string Option, object Value)> FiguresOf(Preset preset, string name)
    {
        yield return ("decay", Matrices);
        yield return ("filter", Matrices);
        // The weight decay of the presets is meant for adamw; as an L2 penalty the same number is much stronger.
        double? decay = preset.WeightDecay ?? (name == "adamw" ? Preset.DecoupledDecay : null);
        if (decay is { } given) yield return ("weightDecay", given);
        if (name == "momentum") yield return ("momentum", preset.Beta1);
        if (name is not ("adam" or "adamw")) yield break;
        yield return ("beta1", preset.Beta1);
        yield return ("beta2", preset.Beta2);
    }
}
