using System.Collections.Immutable;

namespace Experiments;

/// <summary>The measurements of a training.</summary>
/// <param name="Losses">The loss of each batch, before its step.</param>
/// <param name="GradientNorms">The gradient norm of each batch.</param>
/// <param name="HeldOutSteps">The steps after which the loss on the held-out text was measured, ascending.</param>
/// <param name="HeldOutLosses">The loss after each of them.</param>
/// <param name="Breaks">Whether a gradient that is not finite stopped the training before the last step.</param>
public sealed record TrainingCurve(
    ImmutableArray<double> Losses, ImmutableArray<double> GradientNorms, ImmutableArray<long> HeldOutSteps,
    ImmutableArray<double> HeldOutLosses, bool Breaks)
{
    /// <summary>The loss on the held-out text after the last step; infinite where the training breaks.</summary>
    public double FinalLoss => Breaks ? double.PositiveInfinity : HeldOutLosses[^1];

    /// <summary>The mean loss over the last tenth of the batches; infinite where the training breaks.</summary>
    public double LateLoss =>
        Breaks ? double.PositiveInfinity : Losses.TakeLast(Math.Max(Losses.Length / 10, 1)).Average();

    /// <summary>
    /// The first measured step after which the loss on the held-out text is at most a given
    /// loss; null where there is none.
    /// </summary>
    public long? ReachedAt(double loss)
    {
        for (int index = 0; index < HeldOutLosses.Length; index++)
        {
            if (HeldOutLosses[index] <= loss) return HeldOutSteps[index];
        }

        return null;
    }
}
