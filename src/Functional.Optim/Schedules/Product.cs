using System.Collections.Immutable;

namespace Functional.Optim;

/// <summary>
/// The product of schedules at each step. A first factor that is a product itself is
/// replaced by its factors, which keeps the order.
/// </summary>
internal sealed record Product : ComposedSchedule
{
    private Product(ImmutableArray<Schedule> factors, int depth)
        : base(depth) => Factors = factors;

    /// <summary>The schedules, in the order of the multiplication.</summary>
    public ImmutableArray<Schedule> Factors { get; }

    internal static Schedule Of(Schedule schedule, double factor) => new ValidationErrors()
        .Require(schedule, "rate").Require(factor, Bounds.NotNegative)
        .Checked(() => Multiply(schedule, factor)).OrThrow("Schedule.Scale");

    internal static Schedule Of(ImmutableArray<Schedule> schedules) => new ValidationErrors()
        .Require(!schedules.IsEmpty, nameof(schedules), "empty", "one or more")
        .RequireEach(schedules)
        .Checked(() => schedules.AsEnumerable().Aggregate(Multiply)).OrThrow("Schedule.Chained");

    public bool Equals(Product? other) => base.Equals(other) && Factors.SequenceEqual(other!.Factors);

    public override int GetHashCode() => HashCode.Combine(base.GetHashCode(), Factors[0], Factors.Length);

    /// <inheritdoc/>
    protected internal override double? MaxRate
    {
        get
        {
            (double? product, int varying) = (1, 0);
            for (int factor = 0; factor < Factors.Length; factor++)
            {
                if (Factors[factor] is not Optim.Constant) varying++;
                product *= Factors[factor].MaxRate;
            }

            // Two that vary may be largest at different steps.
            return varying > 1 ? null : product;
        }
    }

    /// <inheritdoc/>
    protected internal override double RateAt(long step)
    {
        double rate = Factors[0].At(step);
        for (int factor = 1; factor < Factors.Length; factor++) rate *= Factors[factor].At(step);
        return rate;
    }

    private static Schedule Multiply(Schedule first, Schedule second)
    {
        Product before = first as Product ?? new Product([first], 1 + first.Depth);
        int depth = RequireDepth(Math.Max(before.Depth, 1 + second.Depth), "Schedule.Scale");
        return new Product(before.Factors.Add(second), depth);
    }
}
