namespace Functional.Optim.Training;

/// <summary>The verdict on an item of a checklist.</summary>
public enum Verdict
{
    /// <summary>The value is usual.</summary>
    Right,

    /// <summary>The value is unusual; there may be reasons.</summary>
    Doubtful,

    /// <summary>The value cannot work.</summary>
    Wrong,

    /// <summary>It cannot be checked.</summary>
    NotChecked,
}
