using System.Globalization;
using Functional.Optim.Training;

namespace MiniGpt;

/// <summary>A line for each validation, for an output that is not a terminal.</summary>
/// <param name="output">The output.</param>
public sealed class PlainProgress(TextWriter output) : IProgress<StepReport>
{
    /// <inheritdoc/>
    public void Report(StepReport value)
    {
        if (value.ValidationLoss is not { } validation) return;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"step {value.Step,6}/{value.TotalSteps}  loss {value.Loss:0.0000}  validation {validation:0.0000}  rate "
            + $"{value.LearningRate:0.00e0}  {ScalarText.Of(value.Scalars, "  ")}norm {value.GradientNorm:0.00}  "
            + $"{value.TokensPerSecond,9:N0} tokens/s  {value.Remaining.TotalSeconds:0} s left"));
    }
}
