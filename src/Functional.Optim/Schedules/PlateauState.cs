namespace Functional.Optim;

/// <summary>The state of a <see cref="Plateau"/>.</summary>
/// <param name="Rate">The current rate.</param>
/// <param name="Best">The best metric so far; <see langword="null"/> before the first.</param>
/// <param name="Worse">The number of metrics in a row without an improvement.</param>
/// <param name="Cooling">The number of metrics to come that are not counted.</param>
public sealed record PlateauState(double Rate, double? Best, long Worse, long Cooling)
{
    /// <summary>The state before the first metric.</summary>
    /// <param name="rate">The first rate; finite and not negative.</param>
    /// <exception cref="ArgumentException">The rate is negative or not finite.</exception>
    public static PlateauState Of(double rate) =>
        new(Bounds.NotNegative.Check(rate, nameof(rate)), Best: null, Worse: 0, Cooling: 0);

    /// <summary>The members, with the same numbers in every culture.</summary>
    public override string ToString() => RecordText.Of(nameof(PlateauState), PrintMembers);
}
