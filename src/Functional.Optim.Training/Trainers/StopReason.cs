namespace Functional.Optim.Training;

/// <summary>Why a run ended.</summary>
public enum StopReason
{
    /// <summary>Every step is made.</summary>
    Completed,

    /// <summary>It was cancelled before the last step.</summary>
    Cancelled,

    /// <summary>A gradient was not finite and the policy is to throw, too many in a row were left out, or parameters or state became infinite or NaN.</summary>
    NonFinite,
}
