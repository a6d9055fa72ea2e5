using System.Collections.Immutable;

namespace Functional.Optim.Training;

/// <summary>The number of steps of a run, and how often to report and evaluate.</summary>
public sealed record TrainerOptions
{
    private TrainerOptions(
        long steps,
        long evaluateEvery,
        int evaluationBatches,
        long reportEvery,
        int tokensPerBatch,
        NonFinitePolicy nonFinitePolicy,
        int maxReports,
        long maxConsecutiveSkips)
    {
        (Steps, EvaluateEvery, EvaluationBatches, ReportEvery) = (steps, evaluateEvery, evaluationBatches, reportEvery);
        (TokensPerBatch, NonFinitePolicy, MaxReports) = (tokensPerBatch, nonFinitePolicy, maxReports);
        MaxConsecutiveSkips = maxConsecutiveSkips;
    }

    /// <summary>The number of steps of the whole run, those before a resume included.</summary>
    public long Steps { get; }

    /// <summary>The number of steps from one evaluation to the next; the last step is followed by one too.</summary>
    public long EvaluateEvery { get; }

    /// <summary>The number of batches in an evaluation, whose loss is their mean.</summary>
    public int EvaluationBatches { get; }

    /// <summary>
    /// The number of steps from one report to the next; each evaluation and the last step have one too.
    /// </summary>
    public long ReportEvery { get; }

    /// <summary>The number of tokens (or examples) in a batch, for tokens per second.</summary>
    public int TokensPerBatch { get; }

    /// <summary>
    /// What to do with a loss or a gradient that is not finite, unless the optimizer has an
    /// <see cref="ApplyIfFinite"/>.
    /// </summary>
    public NonFinitePolicy NonFinitePolicy { get; }

    /// <summary>
    /// The maximum number of reports in the history. A longer run keeps those of every second,
    /// fourth, … interval, spread over the whole run. Evaluations are kept longest, and the newest
    /// report always. Progress gets every report.
    /// </summary>
    public int MaxReports { get; }

    /// <summary>The maximum number of steps that <see cref="NonFinitePolicy.Skip"/> skips in a row.</summary>
    public long MaxConsecutiveSkips { get; }

    /// <summary>
    /// The settings of the run by name, such as those of its model and data. Checkpoints carry them, and a resumed run
    /// is refused where one differs.
    /// </summary>
    /// <exception cref="ArgumentNullException">It is null.</exception>
    public ImmutableSortedDictionary<string, string> Configuration
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            field = value;
        }
    } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>
    /// The names of the settings that may differ from those of the checkpoint that a run is resumed from;
    /// <see cref="SettingChange.Optimizer"/> for the text of the optimizer.
    /// </summary>
    /// <exception cref="ArgumentNullException">It is null.</exception>
    public ImmutableHashSet<string> AllowedChanges
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            field = value;
        }
    } = [];

    /// <summary>
    /// Gets what a run has to tell while it runs, in one line each, on the thread of the loop; nobody by default.
    /// </summary>
    public Action<string>? Notify { get; init; }

    /// <summary>Makes options.</summary>
    /// <param name="steps">The number of steps of the whole run, those before a resume included; from 1.</param>
    /// <param name="evaluateEvery">The number of steps from one evaluation to the next; from 1.</param>
    /// <param name="evaluationBatches">The number of batches in an evaluation; from 1.</param>
    /// <param name="reportEvery">The number of steps from one report to the next; from 1.</param>
    /// <param name="tokensPerBatch">
    /// The number of tokens in a batch; from 1. With 1, tokens per second are steps per second.
    /// </param>
    /// <param name="nonFinitePolicy">
    /// What to do with a loss or a gradient that is not finite, unless the optimizer has an
    /// <see cref="ApplyIfFinite"/>.
    /// </param>
    /// <param name="maxReports">
    /// The maximum number of reports in the history; from 2. A longer run keeps
    /// some of its reports, spread over all of it.
    /// </param>
    /// <param name="maxConsecutiveSkips">
    /// The maximum number of steps that <see cref="NonFinitePolicy.Skip"/> skips in a row; from 0.
    /// </param>
    /// <exception cref="ArgumentException">A value is out of range; every error is listed.</exception>
    public static TrainerOptions Of(
        long steps,
        long evaluateEvery = 100,
        int evaluationBatches = 8,
        long reportEvery = 1,
        int tokensPerBatch = 1,
        NonFinitePolicy nonFinitePolicy = NonFinitePolicy.Throw,
        int maxReports = 65536,
        long maxConsecutiveSkips = ApplyIfFinite.DefaultMaxConsecutiveSkips) =>
        new ValidationErrors()
            .Require(steps >= 1, nameof(steps), steps, "1 or more")
            .Require(evaluateEvery >= 1, nameof(evaluateEvery), evaluateEvery, "1 or more")
            .Require(evaluationBatches >= 1, nameof(evaluationBatches), evaluationBatches, "1 or more")
            .Require(reportEvery >= 1, nameof(reportEvery), reportEvery, "1 or more")
            .Require(tokensPerBatch >= 1, nameof(tokensPerBatch), tokensPerBatch, "1 or more")
            .Require(Enum.IsDefined(nonFinitePolicy), nameof(nonFinitePolicy), nonFinitePolicy, "Throw, Skip or Zero")
            .Require(maxReports >= 2, nameof(maxReports), maxReports, "2 or more")
            .Require(maxConsecutiveSkips, Bounds.AtLeast(0))
            .Make(() => new TrainerOptions(
                steps, evaluateEvery, evaluationBatches, reportEvery, tokensPerBatch, nonFinitePolicy, maxReports,
                maxConsecutiveSkips))
            .OrThrow(nameof(TrainerOptions));
}
