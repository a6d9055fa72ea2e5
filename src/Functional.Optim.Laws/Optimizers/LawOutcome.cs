namespace Functional.Optim.Laws;

/// <summary>What a law says of an optimizer.</summary>
public enum LawOutcome
{
    /// <summary>No problem shows that it does not hold.</summary>
    Holds,

    /// <summary>A problem shows that it does not hold.</summary>
    Fails,

    /// <summary>It is not about such an optimizer.</summary>
    DoesNotApply,
}
