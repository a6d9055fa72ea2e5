namespace Functional.Optim.Training;

/// <summary>How long to train, and how often to look.</summary>
public sealed record TrainerOptions
{
    private TrainerOptions(
        long steps, long evaluateEvery, int evaluationBatches, long reportEvery, int tokensPerBatch, NonFinitePolicy nonFinitePolicy,
        int maxReports) =>
        (Steps, EvaluateEvery, EvaluationBatches, ReportEvery, TokensPerBatch, NonFinitePolicy, MaxReports) =
        (steps, evaluateEvery, evaluationBatches, reportEvery, tokensPerBatch, nonFinitePolicy, maxReports);

    /// <summary>The steps of the whole run, those before a resume included.</summary>
    public long Steps { get; }

    /// <summary>Evaluates after each step whose number this divides, and after the last.</summary>
    public long EvaluateEvery { get; }

    /// <summary>The batches whose mean loss is an evaluation.</summary>
    public int EvaluationBatches { get; }

    /// <summary>Reports after each step whose number this divides, after each evaluation and after the last step.</summary>
    public long ReportEvery { get; }

    /// <summary>The tokens (or examples) of one batch, for tokens per second.</summary>
    public int TokensPerBatch { get; }

    /// <summary>What to do about a gradient that is not finite, unless the optimizer has an <see cref="ApplyIfFinite"/>.</summary>
    public NonFinitePolicy NonFinitePolicy { get; }

    /// <summary>
    /// How many reports the history holds. A run of more keeps those of every second, fourth, … interval, and so spread over the whole
    /// run; evaluations go last, and the newest report is always there. Progress is told each.
    /// </summary>
    public int MaxReports { get; }

    /// <summary>The options.</summary>
    /// <param name="steps">The steps of the whole run, those before a resume included; from 1.</param>
    /// <param name="evaluateEvery">The steps between evaluations; from 1.</param>
    /// <param name="evaluationBatches">The batches of an evaluation; from 1.</param>
    /// <param name="reportEvery">The steps between reports; from 1.</param>
    /// <param name="tokensPerBatch">The tokens of a batch; from 1. At 1, tokens per second are steps per second.</param>
    /// <param name="nonFinitePolicy">What to do about a gradient that is not finite, unless the optimizer has an <see cref="ApplyIfFinite"/>.</param>
    /// <param name="maxReports">How many reports the history holds; from 2. A longer run keeps some of its reports, spread over all of it.</param>
    /// <exception cref="ArgumentException">A value is out of range; every error is listed.</exception>
    public static TrainerOptions Of(
        long steps, long evaluateEvery = 100, int evaluationBatches = 8, long reportEvery = 1, int tokensPerBatch = 1,
        NonFinitePolicy nonFinitePolicy = NonFinitePolicy.Throw, int maxReports = 65536) =>
        new ValidationErrors()
            .Require(steps >= 1, nameof(steps), steps, "1 or more")
            .Require(evaluateEvery >= 1, nameof(evaluateEvery), evaluateEvery, "1 or more")
            .Require(evaluationBatches >= 1, nameof(evaluationBatches), evaluationBatches, "1 or more")
            .Require(reportEvery >= 1, nameof(reportEvery), reportEvery, "1 or more")
            .Require(tokensPerBatch >= 1, nameof(tokensPerBatch), tokensPerBatch, "1 or more")
            .Require(Enum.IsDefined(nonFinitePolicy), nameof(nonFinitePolicy), nonFinitePolicy, "Throw, Skip or Zero")
            .Require(maxReports >= 2, nameof(maxReports), maxReports, "2 or more")
            .Make(() => new TrainerOptions(steps, evaluateEvery, evaluationBatches, reportEvery, tokensPerBatch, nonFinitePolicy, maxReports)).OrThrow(nameof(TrainerOptions));
}
