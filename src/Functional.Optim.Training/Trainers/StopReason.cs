namespace Functional.Optim.Training;

/// <summary>Why a run ended.</summary>
public enum StopReason
{
    /// <summary>All steps were made.</summary>
    Completed,

    /// <summary>It was cancelled before the last step.</summary>
    Cancelled,

    /// <summary>A hook stopped it; <see cref="TrainResult{T}.Stopped"/> says why.</summary>
    Stopped,

    /// <summary>
    /// A loss or a gradient was not finite and the policy is to throw, too many gradients in a row were skipped, or a
    /// parameter or a number of the state became infinite or NaN.
    /// </summary>
    NonFinite,
}
