using System.Diagnostics;
using System.Globalization;
using Functional.Optim.Training;
using Spectre.Console;

namespace MiniGpt;

/// <summary>A progress bar with the figures of the running step, for a terminal.</summary>
public sealed class LiveProgress : IProgress<StepReport>
{
    private static readonly TimeSpan Refresh = TimeSpan.FromMilliseconds(100);

    private readonly ProgressTask bar;
    private long shown;
    private double tokensPerSecond = double.NaN;
    private double? validationLoss;

    private LiveProgress(ProgressTask bar) => this.bar = bar;

    /// <summary>Shows the bar while a run trains.</summary>
    /// <param name="steps">The number of steps of the whole run.</param>
    /// <param name="train">Trains, and reports each step.</param>
    public static async Task<TrainResult<float>> Show(
        int steps, Func<IProgress<StepReport>, Task<TrainResult<float>>> train)
    {
        ArgumentNullException.ThrowIfNull(train);
        TrainResult<float>? result = null;
        await AnsiConsole.Progress()
            .Columns(new SpinnerColumn(), new ProgressBarColumn { Width = 12 }, new PercentageColumn(),
                new TaskDescriptionColumn { Alignment = Justify.Left })
            .StartAsync(async context => result = await train(
                new LiveProgress(context.AddTask("starting", maxValue: steps))));
        return result!;
    }

    /// <inheritdoc/>
    public void Report(StepReport value)
    {
        validationLoss = value.ValidationLoss ?? validationLoss;
        // The time of a single step jumps; a slow moving average is readable.
        tokensPerSecond = double.IsNaN(tokensPerSecond)
            ? value.TokensPerSecond
            : (0.95 * tokensPerSecond) + (0.05 * value.TokensPerSecond);
        if (shown != 0 && Stopwatch.GetElapsedTime(shown) < Refresh && value.Step < value.TotalSteps) return;
        shown = Stopwatch.GetTimestamp();
        bar.Value = value.Step;
        // It is this short so that it and the bar fit into 80 columns.
        string validation = validationLoss is { } loss
            ? string.Create(CultureInfo.InvariantCulture, $"val {loss:0.00} ")
            : "";
        bar.Description = string.Create(CultureInfo.InvariantCulture,
            $"loss {value.Loss:0.00} {validation}rate {value.LearningRate:0.0e0} {ScalarText.Of(value.Scalars, " ")}"
            + $"norm {value.GradientNorm:0.00} {tokensPerSecond / 1000:0.0}k tok/s {Remaining(value.Remaining)}");
    }

    private static string Remaining(TimeSpan left) =>
        left.ToString(left.TotalHours >= 1 ? @"d\.hh\:mm\:ss" : @"m\:ss", CultureInfo.InvariantCulture);
}
