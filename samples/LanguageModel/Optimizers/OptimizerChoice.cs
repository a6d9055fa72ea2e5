using System.Collections.Immutable;
using Functional.Optim;
using LanguageExt;
using LanguageExt.Common;
using Schedule = Functional.Optim.Schedule;

namespace LanguageModel;

/// <summary>The optimizers of the command line, each after a clip by the global norm.</summary>
public static class OptimizerChoice
{
    private const string Matrices = "matrices";

    /// <summary>The rate of Muon over that of AdamW, as its author has it: 0.02 beside 0.001.</summary>
    private const double MatrixRateFactor = 20;

    /// <summary>The optimizers that find the length of their steps: their learning rate is a factor for it.</summary>
    private static readonly ImmutableArray<string> RateFree = ["prodigy", "dadaptadam", "dadaptsgd", "dadaptlion"];

    /// <summary>The optimizers whose average takes the place of a schedule that falls.</summary>
    private static readonly ImmutableArray<string> ScheduleFree = ["schedulefree"];

    private static readonly ParameterTree<float> Vector = ParameterTree.Of(Leaf.Of("vector", [1], [0f]));

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
        Schedule known = schedule.IfFail(Schedule.Constant(0));
        Validation<Error, Optimizer> built =
            Known.Build(preset.Optimizer, name => FiguresOf(preset, name), known);
        double clip = preset.Clip == 0 ? double.PositiveInfinity : preset.Clip;
        return (built, schedule)
            // Without a limit the clip still throws on a gradient that is not finite.
            .Apply((optimizer, rate) => Clip.ByGlobalNorm(clip).Then(ForEveryLeaf(optimizer, preset, rate)));
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

    /// <summary>
    /// A preset with another optimizer, and with the learning rate and the schedule that it wants. Those of a preset
    /// are for AdamW: the same do not fit an optimizer of matrices, one that finds its rate itself, or one without a
    /// schedule that falls.
    /// </summary>
    /// <param name="preset">The preset.</param>
    /// <param name="optimizer">The optimizer, one of <see cref="Known"/>.</param>
    public static Preset With(Preset preset, string optimizer)
    {
        ArgumentNullException.ThrowIfNull(preset);
        Preset changed = preset with { Optimizer = optimizer };
        if (IsOneOf(ScheduleFree, optimizer)) changed = changed with { Schedule = "linear" };
        return IsRateFree(optimizer) ? At(changed, 1)
            : TakesMatricesOnly(optimizer)
                ? At(changed, MatrixRateFactor * preset.LearningRate) with { AdamRate = preset.LearningRate }
            : changed;
    }

    /// <summary>A preset with another learning rate, and a floor and a rate of AdamW that are as far from it.</summary>
    /// <param name="preset">The preset.</param>
    /// <param name="rate">The peak rate.</param>
    public static Preset At(Preset preset, double rate)
    {
        ArgumentNullException.ThrowIfNull(preset);
        double factor = preset.LearningRate == 0 ? 1 : rate / preset.LearningRate;
        return preset with
        {
            LearningRate = rate, Floor = factor * preset.Floor, AdamRate = factor * preset.AdamRate,
        };
    }

    /// <summary>Whether an optimizer finds the length of its steps itself, so that its learning rate is 1.</summary>
    /// <param name="optimizer">The optimizer, one of <see cref="Known"/>.</param>
    public static bool IsRateFree(string optimizer) => IsOneOf(RateFree, optimizer);

    private static bool IsOneOf(ImmutableArray<string> names, string optimizer) =>
        EntryText.Parse(optimizer).Match(Succ: text => names.Contains(text.Name.ToLowerInvariant()), Fail: _ => false);

    private static bool TakesMatricesOnly(string optimizer) =>
        Known.Build(optimizer, _ => [], Schedule.Constant(1)).Match(Succ: TakesMatricesOnly, Fail: _ => false);

    private static bool TakesMatricesOnly(Optimizer optimizer) => Validated.Of(() => optimizer.Init(Vector)).IsFail;

    private static int UpdatesOf(int steps, int accumulate) => ((steps - 1) / accumulate) + 1;

    /// <summary>An optimizer that takes matrices only gets the hidden ones, and AdamW the other leaves.</summary>
    private static Optimizer ForEveryLeaf(Optimizer optimizer, Preset preset, Schedule learningRate) =>
        TakesMatricesOnly(optimizer)
        ? Partition.Of(
            new(Hidden.ToString(), Hidden, optimizer),
            new("rest", LeafFilter.All, AdamW.Of(
                preset.AdamRate is { } rate && preset.LearningRate > 0
                    ? learningRate.Scale(rate / preset.LearningRate)
                    : learningRate,
                preset.Beta1, preset.Beta2, weightDecay: 0)))
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
