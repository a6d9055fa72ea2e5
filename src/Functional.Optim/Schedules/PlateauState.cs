namespace Functional.Optim;

/// <summary>Where a <see cref="Plateau"/> is.</summary>
/// <param name="Rate">The rate now.</param>
/// <param name="Best">The best metric so far; <see langword="null"/> before there is one.</param>
/// <param name="Worse">How many metrics in a row were no better.</param>
/// <param name="Cooling">How many more metrics are not held against the rate.</param>
public sealed record PlateauState(double Rate, double? Best, long Worse, long Cooling)
{
    /// <summary>The state before the first metric.</summary>
    /// <param name="rate">The first rate; finite and not negative.</param>
    /// <exception cref="ArgumentException">The rate is negative or not finite.</exception>
    public static PlateauState Of(double rate) => new(Bounds.NotNegative.Check(rate, nameof(rate)), Best: null, Worse: 0, Cooling: 0);

    /// <summary>The members, with the same numbers in every culture.</summary>
    public override string ToString() => RecordText.Of(nameof(PlateauState), PrintMembers);
}
