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
    /// <param name="preset">The preset.</param>
    /// <param name="learningRate">The schedule; that of the preset by default.</param>
    public static Validation<Error, Optimizer> Create(Preset preset, Schedule? learningRate = null)
    {
        ArgumentNullException.ThrowIfNull(preset);
        Validation<Error, Schedule> schedule = learningRate is null ? ScheduleChoice.Create(preset) : learningRate;
        Validation<Error, Optimizer> built = Known.Build(
            preset.Optimizer, name => FiguresOf(preset, name), schedule.IfFail(Schedule.Constant(0)));
        double clip = preset.Clip == 0 ? double.PositiveInfinity : preset.Clip;
        return (built, schedule)
            // Without a limit the clip still throws on a gradient that is not finite.
            .Apply((optimizer, _) => Clip.ByGlobalNorm(clip).Then(ForEveryLeaf(optimizer)));
    }

    /// <summary>
    /// The same with an average of the parameters and with gradients gathered for each update, or all validation
    /// errors. The schedule counts updates, so it has as many fewer steps.
    /// </summary>
    /// <param name="preset">The preset; its steps count batches.</param>
    /// <param name="average">The average, as <see cref="AverageChoice"/> reads it.</param>
    /// <param name="accumulate">The number of batches for each update, from 1.</param>
    public static Validation<Error, Optimizer> Create(Preset preset, string average, int accumulate)
    {
        ArgumentNullException.ThrowIfNull(preset);
        Preset updates = preset with
        {
            Steps = UpdatesOf(preset.Steps, accumulate), WarmupSteps = preset.WarmupSteps / accumulate,
        };
        return Create(updates)
            .Bind(optimizer => AverageChoice.Add(average, optimizer))
            .Map(optimizer => accumulate == 1 ? optimizer : Accumulate.Of(accumulate, optimizer));
    }

    private static int UpdatesOf(int steps, int accumulate) => ((steps - 1) / accumulate) + 1;

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
