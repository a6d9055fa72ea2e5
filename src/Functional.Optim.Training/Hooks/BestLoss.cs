using System.Globalization;

namespace Functional.Optim.Training;

/// <summary>The lowest validation loss so far. Its text is exact.</summary>
/// <param name="Loss">The loss; infinite before the first.</param>
/// <param name="Step">The step after which it was measured.</param>
/// <param name="Since">The number of evaluations since then.</param>
internal readonly record struct BestLoss(double Loss, long Step, long Since)
{
    private static readonly BestLoss None = new(double.PositiveInfinity, 0, 0);

    /// <summary>The one that a text says; none for other texts.</summary>
    internal static BestLoss Parse(string text) =>
        text.Split(' ') is [string loss, string step, string since]
        && double.TryParse(loss, CultureInfo.InvariantCulture, out double value)
        && long.TryParse(step, CultureInfo.InvariantCulture, out long at)
        && long.TryParse(since, CultureInfo.InvariantCulture, out long count)
            ? new(value, at, count)
            : None;

    /// <summary>The best after one more; NaN is never better.</summary>
    internal BestLoss With(double loss, long step, double minImprovement) => loss < Loss - minImprovement
        ? new(loss, step, 0)
        : this with { Since = Since + 1 };

    /// <summary>The text.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Loss:r} {Step} {Since}");
}
