namespace Functional.Optim;

/// <summary>What one step of <see cref="Lbfgs"/> did.</summary>
/// <param name="Loss">The loss at the parameters given.</param>
/// <param name="NewLoss">
/// The loss at the parameters returned; NaN when it was not asked for, after the last iteration without a line search.
/// </param>
/// <param name="Iterations">How many iterations it made.</param>
/// <param name="Evaluations">How often it asked for loss and gradient.</param>
/// <param name="Stop">Why it ended.</param>
public readonly record struct LbfgsReport(double Loss, double NewLoss, int Iterations, int Evaluations, LbfgsStop Stop)
{
    /// <summary>The members, with the same numbers in every culture.</summary>
    public override string ToString() => RecordText.Of(nameof(LbfgsReport), PrintMembers);
}
