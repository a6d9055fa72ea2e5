namespace Functional.Optim;

/// <summary>How the moving average of <see cref="ParameterEma"/> starts.</summary>
public enum EmaWarmup
{
    /// <summary>The first parameters are copied, and decay is β from then on (torch).</summary>
    Copy,

    /// <summary>The average of those so far, as of one that starts at zero and is divided by 1 − βⁿ.</summary>
    BiasCorrection,

    /// <summary>
    /// The first parameters are copied, and decay rises: max(least, min(β, 1 − (1 + (n − 1)/γ)^−p)) at the n-th (timm).
    /// </summary>
    Power,
}
