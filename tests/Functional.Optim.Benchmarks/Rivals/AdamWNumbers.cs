namespace Functional.Optim.Benchmarks.Rivals;

/// <summary>The numbers of the measured AdamW at its seventh step, the same for every rival.</summary>
internal static class AdamWNumbers
{
    internal const int Step = 7;
    internal const float Rate = 1e-3f, Decay = 0.1f, Beta1 = 0.9f, Beta2 = 0.999f, Epsilon = 1e-8f;

    /// <summary>1 / (1 − β₁ᵗ), with which the first moment is corrected.</summary>
    internal static readonly float FirstCorrection = (float)(1 / (1 - Math.Pow(0.9, Step)));

    /// <summary>1 / √(1 − β₂ᵗ), with which the root of the second moment is corrected.</summary>
    internal static readonly float SecondCorrection = (float)(1 / Math.Sqrt(1 - Math.Pow(0.999, Step)));

    /// <summary>The optimizer of this library with these numbers.</summary>
    internal static readonly AdamW Optimizer =
        AdamW.Of(1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.1);
}
