using System.Collections.Immutable;

namespace Experiments;

/// <summary>What was measured along a training.</summary>
/// <param name="Losses">The loss of each batch, before its update.</param>
/// <param name="GradientNorms">‖g‖ of each batch.</param>
/// <param name="HeldOutSteps">The updates after which the loss on the held-out text was taken, ascending.</param>
/// <param name="HeldOutLosses">As many losses.</param>
/// <param name="Breaks">Whether a gradient that is not finite ended it before the last update.</param>
public sealed record TrainingCurve(
    ImmutableArray<double> Losses, ImmutableArray<double> GradientNorms, ImmutableArray<long> HeldOutSteps, ImmutableArray<double> HeldOutLosses,
    bool Breaks)
{
    /// <summary>The loss on the held-out text after the last update; infinite where the training breaks.</summary>
    public double FinalLoss => Breaks ? double.PositiveInfinity : HeldOutLosses[^1];

    /// <summary>The mean loss of the batches of the last tenth; infinite where the training breaks.</summary>
    public double LateLoss => Breaks ? double.PositiveInfinity : Losses.TakeLast(Math.Max(Losses.Length / 10, 1)).Average();

    /// <summary>After how many updates the loss on the held-out text is first at or below another, as far as it was taken.</summary>
    public long? ReachedAt(double loss)
    {
        for (int index = 0; index < HeldOutLosses.Length; index++)
        {
            if (HeldOutLosses[index] <= loss) return HeldOutSteps[index];
        }

        return null;
    }
}
