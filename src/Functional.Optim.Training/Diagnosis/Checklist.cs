using System.Collections.Immutable;
using System.Globalization;

namespace Functional.Optim.Training;

/// <summary>
/// Checks a configuration before it starts: learning rate, warm-up, weight decay, clip, betas, batch, schedule and
/// validation, the items of the source text that can be known without a model and its data.
/// </summary>
/// <remarks>A pure function; nothing is trained. Thread-safe.</remarks>
public static class Checklist
{
    /// <summary>The least usual peak of the learning rate of Adam (the source text).</summary>
    public const double MinRate = 1e-4;

    /// <summary>The largest usual peak of the learning rate of Adam (the source text).</summary>
    public const double MaxRate = 5e-4;

    /// <summary>The shortest usual warm-up, as a share of the steps.</summary>
    public const double MinWarmup = 0.005;

    /// <summary>The longest usual warm-up, as a share of the steps.</summary>
    public const double MaxWarmup = 0.05;

    /// <summary>Lion's rate is 3 to 10 times smaller than AdamW's (Chen et al., 2023, arXiv:2302.06675).</summary>
    private const double MinLionRate = MinRate / 10, MaxLionRate = MaxRate / 3;

    private const double FewParameters = 10e6, ManyParameters = 100e6;
    private const double MinDecay = 0.01, MaxDecay = 0.1, MinClip = 0.5, MaxClip = 2;
    private const double MinBeta1 = 0.8, MaxBeta1 = 0.95, MinBeta2 = 0.95, MaxBeta2 = 0.999;
    private const double MaxFloor = 0.2, MaxEpochs = 4;
    private const int MinEvaluations = 10, GoodPatience = 5;

    /// <summary>The checklist of a configuration, in the order of the source text.</summary>
    /// <param name="optimizer">The optimizer, with its clip and its schedule.</param>
    /// <param name="layout">The layout of the parameters.</param>
    /// <param name="steps">The number of training steps; from 1.</param>
    /// <param name="evaluations">The number of evaluations in the run; <see langword="null"/> if not known.</param>
    /// <param name="patience">The evaluations without progress after which the run stops; 0 for never.</param>
    /// <param name="batch">The examples or tokens in a batch; <see langword="null"/> if not known.</param>
    /// <param name="examples">
    /// The examples or tokens to train on, in the unit of <paramref name="batch"/>; <see langword="null"/> if
    /// not known.
    /// </param>
    /// <exception cref="ArgumentException">
    /// A number is out of range, or a group multiplies a learning rate that its leaves do not have.
    /// </exception>
    public static ImmutableArray<ChecklistItem> Of(
        Optimizer optimizer,
        TreeLayout layout,
        long steps,
        long? evaluations = null,
        long patience = 0,
        long? batch = null,
        long? examples = null)
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        ArgumentNullException.ThrowIfNull(layout);
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(evaluations ?? 0);
        ArgumentOutOfRangeException.ThrowIfNegative(patience);
        ArgumentOutOfRangeException.ThrowIfLessThan(batch ?? 1, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(examples ?? 1, 1);
        ImmutableArray<ChecklistPart> parts = ChecklistPart.Of(optimizer, steps);
        double? epochs = (double?)batch * steps / examples;
        return
        [
            Worst(parts, part => LearningRate(part, layout.ParameterCount)),
            Worst(parts, part => Warmup(part, layout.ParameterCount)),
            Decay(optimizer, layout, parts),
            ClipOf(optimizer),
            Worst(parts, Betas),
            Batch(batch, examples),
            Worst(parts, TheSchedule),
            Validation(steps, evaluations, patience, epochs),
        ];
    }

    private static ChecklistItem LearningRate(ChecklistPart part, long parameters)
    {
        (double min, double max, string whose) = part.IsLion
            ? (MinLionRate, MaxLionRate, "Lion")
            : (MinRate, MaxRate, "Adam");
        (Verdict verdict, string? advice) = part.Peak switch
        {
            0 => (Verdict.Wrong, "at a rate of 0 nothing is learned"),
            _ when !part.IsAdam && !part.IsLion => (Verdict.NotChecked, "the range is Adam's; the rate of other "
                + "optimizers depends on the loss: try some, a factor of 3 apart"),
            _ when part.Peak < min => (Verdict.Doubtful, $"slow: try {Number(min)}"),
            _ when part.Peak > max && parameters < FewParameters => (Verdict.Doubtful,
                $"small models often train well at this rate; try {Number(max)} if the loss has spikes"),
            _ when part.Peak > max => (Verdict.Doubtful, $"high for {Millions(parameters)}: try {Number(max)}"),
            _ => (Verdict.Right, null),
        };
        return new("learning rate", $"{Number(min)} to {Number(max)} for {whose}", Number(part.Peak), verdict, advice);
    }

    private static ChecklistItem Warmup(ChecklistPart part, long parameters)
    {
        string usual = $"{Number(100 * MinWarmup)} to {Number(100 * MaxWarmup)} % of the steps, less for larger models";
        if (part.Warmup == 0)
        {
            return new(
                "warm-up", usual, part.IsConstant ? "none: the rate is constant" : "none",
                part.IsAdam ? Verdict.Doubtful : Verdict.Right,
                part.IsAdam ? "take a schedule that warms up" : null);
        }

        double share = (double)part.Warmup / part.Steps;
        (double min, double max) = parameters < ManyParameters ? (0.01, 0.02) : (MinWarmup, 0.01);
        string typical = $"{Number(100 * min)} to {Number(100 * max)} %, here {Count(min * part.Steps)} to "
            + $"{Count(max * part.Steps)} steps";
        string model = Millions(parameters);
        (Verdict verdict, string? advice) = share switch
        {
            >= 1 => (Verdict.Wrong, $"the run ends before the peak; a model of {model} takes {typical}"),
            < MinWarmup => (Verdict.Doubtful, $"short: a model of {model} takes {typical}"),
            > MaxWarmup => (Verdict.Doubtful, $"long: a model of {model} takes {typical}"),
            _ when share > max => (Verdict.Right, $"more than needed: {model} usually need {typical}"),
            _ => (Verdict.Right, (string?)null),
        };
        return new(
            "warm-up", usual, $"{Number(100 * share)} %, {Count(part.Warmup)} of {Count(part.Steps)}", verdict, advice);
    }

    private static ChecklistItem Decay(Optimizer optimizer, TreeLayout layout, ImmutableArray<ChecklistPart> parts)
    {
        GroupReport.Row[] decayed = [.. optimizer.Report(layout).Rows.Where(row => row.WeightDecay > 0)];
        long vectors = decayed.SelectMany(row => row.Leaves).Where(leaf => leaf.Rank < 2)
            .Sum(leaf => (long)leaf.Length);
        double min = decayed.Select(row => row.WeightDecay).DefaultIfEmpty(0).Min();
        double max = decayed.Select(row => row.WeightDecay).DefaultIfEmpty(0).Max();
        bool isPenalty = parts.Any(part => part.HasPenalty), isPenaltyOfAdam =
            parts.Any(part => part.HasPenalty && part.IsAdam);
        (Verdict verdict, string? advice) = max switch
        {
            0 => (Verdict.Doubtful, $"without decay the weights grow: try {Number(MaxDecay)} with adamw"),
            _ when vectors > 0 && layout.Leaves.Any(leaf => leaf.Rank >= 2) =>
                (Verdict.Wrong, "exclude norms and biases, which have one dimension"),
            _ when isPenaltyOfAdam =>
                (Verdict.Doubtful, "Adam divides a penalty by √v̂; take adamw, whose decay is decoupled"),
            _ when min < MinDecay => (Verdict.Doubtful, $"try {Number(MinDecay)}"),
            _ when max > MaxDecay => (Verdict.Doubtful, $"try {Number(MaxDecay)}"),
            _ => (Verdict.Right, (string?)null),
        };
        string range = min == max ? Number(max) : $"{Number(min)} to {Number(max)}";
        string value = max == 0 ? "none"
            : $"{range}, {(isPenalty ? "an L2 penalty" : "decoupled")}, on "
                + $"{Count(decayed.Sum(row => row.Parameters))} of {Count(layout.ParameterCount)} parameters, "
                + $"{(vectors == 0 ? "none" : Count(vectors))} of them in norms and biases";
        return new(
            "weight decay", $"{Number(MinDecay)} to {Number(MaxDecay)}, decoupled, not on norms and biases", value,
            verdict, advice);
    }

    private static ChecklistItem ClipOf(Optimizer optimizer)
    {
        string usual = $"a norm of {Number(MinClip)} to {Number(MaxClip)}";
        foreach (Transform transform in optimizer.Transforms)
        {
            if (transform is AdaptiveClip or ClipByValue)
                return new("clip", usual, $"{transform}", Verdict.NotChecked, "the range is that of norms");
            double? maximum = transform switch
            {
                ClipByGlobalNorm global => global.Maximum,
                ClipByLeafNorm leaf => leaf.Maximum,
                _ => null,
            };
            if (maximum is not { } clip || double.IsInfinity(clip)) continue;
            (Verdict verdict, string? advice) = clip switch
            {
                < MinClip => (Verdict.Doubtful, "it may clip every gradient, which changes the learning rate: try "
                    + $"{Number(MinClip)} or look at the norms"),
                > MaxClip =>
                    (Verdict.Doubtful, $"it may never clip: try {Number(MaxClip)} or look at the norms"),
                _ => (Verdict.Right, (string?)null),
            };
            return new("clip", usual, Number(clip), verdict, advice);
        }

        return new("clip", usual, "none", Verdict.Doubtful, "one bad batch can undo the run: limit the norm to 1");
    }

    private static ChecklistItem Betas(ChecklistPart part)
    {
        string usual = $"β₁ about 0.9, β₂ {Number(MinBeta2)} to {Number(MaxBeta2)}";
        if (part.Moments is not { } adam) return new("betas", usual, "no moments of Adam", Verdict.NotChecked, null);
        (double beta1, double beta2) = (adam.Beta1.At(part.Steps), adam.Beta2);
        double memory = 1 / (1 - beta2);
        (Verdict verdict, string? advice) =
            beta2 is < MinBeta2 or > MaxBeta2
                ? (Verdict.Doubtful, $"β₂ averages over {(beta2 < MinBeta2 ? "few" : "many")} steps: try 0.95")
            : beta1 is < MinBeta1 or > MaxBeta1 ? (Verdict.Doubtful, "try β₁ = 0.9")
            : memory > part.Steps ? (Verdict.Doubtful, $"the run has {Count(part.Steps)} steps: try β₂ = 0.95")
            : (Verdict.Right, (string?)null);
        return new(
            "betas", usual, $"β₁ {Number(beta1)}, β₂ {Number(beta2)}, which averages over {Number(memory)} steps",
            verdict, advice);
    }

    private static ChecklistItem Batch(long? batch, long? examples)
    {
        string value = batch is not { } size ? "not given"
            : $"{Count(size)}{(examples is { } all ? $" of {Count(all)}" : "")}";
        (Verdict verdict, string? advice) =
            batch is null ? (Verdict.NotChecked, "look at the memory that a step takes")
            : batch > examples ? (Verdict.Wrong, $"there are only {Count(examples.Value)}: take a smaller batch")
            : batch == 1
                ? (Verdict.Doubtful, "the gradient of one example is noisy: take a larger batch or accumulate")
            : (Verdict.Right, (string?)null);
        return new("batch", "more than one example, at most all of them", value, verdict, advice);
    }

    private static ChecklistItem TheSchedule(ChecklistPart part)
    {
        string range = $"from {Number(part.Peak)} to {Number(part.Last)}";
        (Verdict verdict, string? advice) =
            part.Peak == 0 || part.NeedsNoDecay ? (Verdict.Right, null)
            : part.Last >= part.Peak
                ? (Verdict.Doubtful, "it never decays, and the last part of a decay lowers the loss most: take cosine")
            : part.Last > MaxFloor * part.Peak
                ? (Verdict.Doubtful, $"it hardly decays: try a floor of {Number(part.Peak / 10)}, and as many steps as "
                    + "the run has")
            : (Verdict.Right, (string?)null);
        return new("schedule", "warm-up, then down to a tenth of the peak or less", range, verdict, advice);
    }

    private static ChecklistItem Validation(long steps, long? evaluations, long patience, double? epochs)
    {
        string value = evaluations is not { } times ? "not given"
            : $"{Count(times)} times, {(patience == 0 ? "to the end" : $"until {Count(patience)} without progress")}"
                + (epochs is { } seen ? $"; the data are seen {Number(seen)} times" : "");
        (Verdict verdict, string? advice) =
            evaluations is null ? (Verdict.NotChecked, "without validation overfitting is not seen")
            : evaluations == 0 ? (Verdict.Wrong, "without validation overfitting is not seen")
            : evaluations > steps ? (Verdict.Wrong, $"there are only {Count(steps)} steps")
            : evaluations < MinEvaluations ? (Verdict.Doubtful, $"few: try {MinEvaluations}")
            : patience >= evaluations ? (Verdict.Doubtful, $"it never stops early: try a patience of {GoodPatience}")
            : patience == 0 && epochs > MaxEpochs
                ? (Verdict.Doubtful, $"stop after {GoodPatience} validations without progress, or keep the best "
                    + "parameters")
            : (Verdict.Right, epochs is null ? "whether to stop early depends on how often the data are seen" : null);
        return new(
            "validation", $"{MinEvaluations} times or more; an early stop where the data are seen more than "
                + $"{Number(MaxEpochs)} times", value, verdict, advice);
    }

    /// <summary>
    /// The judgement on the part that most needs a change; one that is checked before one that is not.
    /// </summary>
    private static ChecklistItem Worst(ImmutableArray<ChecklistPart> parts, Func<ChecklistPart, ChecklistItem> judge) =>
        parts.Select(judge).MaxBy(item => item.Verdict == Verdict.NotChecked ? -1 : (int)item.Verdict)!;

    private static string Number(double value) => ShortNumber.Of(value);

    private static string Millions(double parameters) =>
        $"{(parameters / 1e6).ToString("G3", CultureInfo.InvariantCulture)} million parameters";

    private static string Count(double number) =>
        Math.Max(Math.Round(number), 1).ToString("N0", CultureInfo.InvariantCulture);
}
