namespace Functional.Optim.Laws.Tests;

/// <summary>A schedule: a rate and half of it in turn, each for so many steps.</summary>
/// <param name="Rate">The higher rate.</param>
/// <param name="Length">For how many steps each holds; above 0.</param>
public sealed record SquareWave(double Rate, long Length) : Schedule
{
    protected override double RateAt(long step) => step / Length % 2 == 0 ? Rate : Rate / 2;
}
