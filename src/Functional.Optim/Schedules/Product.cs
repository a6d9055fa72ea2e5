using LanguageExt;

namespace Functional.Optim;

/// <summary>
/// The product of schedules at each step. A first factor that is a product itself is
/// replaced by its factors, which keeps the order.
/// </summary>
internal sealed record Product : ComposedSchedule
{
    private Product(Seq<Schedule> factors, int depth)
        : base(depth) => Factors = factors;

    /// <summary>The schedules, in the order of the multiplication.</summary>
    public Seq<Schedule> Factors { get; }

    internal static Schedule Of(Schedule schedule, double factor) => new ValidationErrors()
        .Require(schedule, "rate").Require(factor, Bounds.NotNegative)
        .Make(() => Multiply(schedule, factor)).OrThrow("Schedule.Scale");

    internal static Schedule Of(Seq<Schedule> schedules) => new ValidationErrors()
        .Require(!schedules.IsEmpty, nameof(schedules), "empty", "one or more")
        .RequireEach(schedules)
        .Make(() => schedules.Reduce(Multiply)).OrThrow("Schedule.Chained");

    /// <inheritdoc/>
    protected internal override double? MaxRate
    {
        get
        {
            (double? product, int varying) = (1, 0);
            for (int factor = 0; factor < Factors.Count; factor++)
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
        for (int factor = 1; factor < Factors.Count; factor++) rate *= Factors[factor].At(step);
        return rate;
    }

    private static Schedule Multiply(Schedule first, Schedule second)
    {
        Product before = first as Product ?? new Product(Prelude.Seq1(first), 1 + first.Depth);
        int depth = RequireDepth(Math.Max(before.Depth, 1 + second.Depth), "Schedule.Scale");
        return new Product(before.Factors.Add(second), depth);
    }
}
