using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>Gradient clipping (Pascanu, Mikolov and Bengio, 2013).</summary>
public static class Clip
{
    /// <summary>
    /// Scales the whole update down to a norm: u' = u · c / ‖u‖ where ‖u‖ = √Σu² over every leaf that is not frozen exceeds c, else
    /// exactly u. torch multiplies by c / (‖u‖ + 1e-6) instead, which shrinks slightly even at exactly c.
    /// </summary>
    /// <param name="maximum">c; not negative, not NaN; infinity never clips.</param>
    /// <exception cref="ArgumentException">The maximum is negative or NaN.</exception>
    public static Optimizer ByGlobalNorm(double maximum) => Checked(maximum, () => new GlobalNorm(maximum));

    /// <summary>Limits each element: u' = min(max(u, −c), c). A NaN stays NaN.</summary>
    /// <param name="limit">c; not negative, not NaN.</param>
    /// <exception cref="ArgumentException">The limit is negative or NaN.</exception>
    public static Optimizer ByValue(double limit) => Checked(limit, () => new Value(limit));

    private static Transform Checked(double limit, Func<Transform> make) =>
        new Faults().Require(limit, Bounds.ZeroOrMore).Make(make).OrThrow(nameof(Clip));

    private sealed record GlobalNorm(double Maximum) : Transform
    {
        protected internal override bool NeedsNorm => true;

        protected internal override void Append<T, TFirst>(in TFirst first, ref RulePass<T> pass) =>
            pass.Then(first, new ScaleRule<T>(Factor<T>(pass.Norm)));

        /// <summary>Rounded down, so that the norm after does not exceed the maximum by the rounding of the factor.</summary>
        private T Factor<T>(double norm)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            if (norm <= Maximum) return T.One;
            double exact = Maximum / norm;
            T factor = T.CreateTruncating(exact);
            return double.CreateTruncating(factor) > exact ? T.BitDecrement(factor) : factor;
        }
    }

    private sealed record Value(double Limit) : Transform
    {
        protected internal override void Append<T, TFirst>(in TFirst first, ref RulePass<T> pass) =>
            pass.Then(first, new ClipByValueRule<T>(T.CreateTruncating(Limit)));
    }
}
