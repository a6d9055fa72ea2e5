namespace Functional.Optim.Tests.Precision;

/// <summary>Numbers of 28 digits, beside which the rounding of a double can be seen.</summary>
internal static class Exact
{
    /// <summary>The learning rate of the formulas.</summary>
    internal const decimal ExactRate = 1m / 1024;

    /// <summary>A number as it is, not as it is printed.</summary>
    internal static decimal Of(double number)
    {
        if (number == 0) return 0;
        int exponent = Math.ILogB(number) - 52;
        decimal value = (long)Math.ScaleB(number, -exponent);
        for (; exponent < 0; exponent += Math.Min(-exponent, 62)) value /= 1L << Math.Min(-exponent, 62);
        return value * (1L << exponent);
    }

    /// <summary>√x, by two of Newton's steps from that of a double.</summary>
    internal static decimal Sqrt(decimal x)
    {
        if (x == 0) return 0;
        decimal root = (decimal)Math.Sqrt((double)x);
        root = (root + (x / root)) / 2;
        return (root + (x / root)) / 2;
    }

    /// <summary>xⁿ.</summary>
    internal static decimal Power(decimal x, int n) =>
        n == 0 ? 1 : Power(x * x, n / 2) * (n % 2 == 0 ? 1 : x);

    /// <summary>eˣ for x near 0, by its series.</summary>
    internal static decimal Exp(decimal x)
    {
        decimal sum = 1, term = 1;
        for (int n = 1; term != 0; n++) sum += term *= x / n;
        return sum;
    }

    /// <summary>ln x for x near 1, by the series of artanh.</summary>
    internal static decimal Log(decimal x)
    {
        decimal ratio = (x - 1) / (x + 1), power = ratio, sum = 0;
        for (int n = 1; power != 0; n += 2, power *= ratio * ratio) sum += power / n;
        return 2 * sum;
    }

    /// <summary>The mean a becomes β·a + (1 − β)·x.</summary>
    internal static decimal Mean(ref decimal mean, double beta, decimal value) =>
        mean = (Of(beta) * mean) + ((1 - Of(beta)) * value);

    /// <summary>x / (1 − βᵗ).</summary>
    internal static decimal Corrected(decimal moment, double beta, int step) => moment / (1 - Power(Of(beta), step));

    /// <summary>m̂ / (√v̂ + ε) of Adam's moments, m and v in the first two slots, which are updated.</summary>
    internal static decimal AdamMove(
        int step, decimal gradient, decimal[] slots, double beta2 = 0.999, double beta1 = 0.9)
    {
        decimal m = Mean(ref slots[0], beta1, gradient), v = Mean(ref slots[1], beta2, gradient * gradient);
        return Corrected(m, beta1, step) / (Sqrt(Corrected(v, beta2, step)) + Of(1e-8));
    }
}
