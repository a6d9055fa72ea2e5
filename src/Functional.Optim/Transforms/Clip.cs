using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>Gradient clipping (Pascanu, Mikolov and Bengio, 2013, arXiv:1211.5063).</summary>
public static class Clip
{
    /// <summary>
    /// Scales the whole update down to a norm: u' = u · c / ‖u‖ where ‖u‖ = √Σu² over every leaf that is not frozen
    /// exceeds c, else exactly u. torch multiplies by c / (‖u‖ + 1e-6) instead, which shrinks slightly even at exactly
    /// c.
    /// </summary>
    /// <param name="maximum">c; not negative, not NaN; infinity never clips.</param>
    /// <param name="kind">Which norm; √Σu² by default.</param>
    /// <exception cref="ArgumentException">A value is out of range; every error is listed.</exception>
    public static Optimizer ByGlobalNorm(double maximum, NormKind kind = NormKind.L2) =>
        Setting.Make<Optimizer>(() => new ClipByGlobalNorm { Maximum = maximum, Kind = kind }, nameof(Clip));

    /// <summary>
    /// Scales the update of each leaf by itself down to a norm: u' = u · c / ‖u‖ where ‖u‖ of the leaf exceeds c, else
    /// exactly u.
    /// </summary>
    /// <param name="maximum">c; not negative, not NaN.</param>
    /// <param name="kind">Which norm; √Σu² by default.</param>
    /// <exception cref="ArgumentException">A value is out of range; every error is listed.</exception>
    public static Optimizer ByLeafNorm(double maximum, NormKind kind = NormKind.L2) =>
        Setting.Make<Optimizer>(() => new ClipByLeafNorm { Maximum = maximum, Kind = kind }, nameof(Clip));

    /// <summary>
    /// Adaptive gradient clipping (Brock, De, Smith and Simonyan, 2021, arXiv:2102.06171): for each unit, u' = u · λ·w
    /// / ‖u‖ where ‖u‖ exceeds λ·w, with w = max(‖θ‖, ε) of the same unit.
    /// </summary>
    /// <param name="ratio">λ; finite and positive.</param>
    /// <param name="epsilon">ε, so that units that start at 0 can grow; finite and positive.</param>
    /// <param name="outputAxis">Along which dimension of a leaf of rank 2 and more its units lie; smaller leaves are
    /// one unit.</param>
    /// <exception cref="ArgumentException">A value is out of range; every error is listed.</exception>
    public static Optimizer Adaptively(
        double ratio = 0.01, double epsilon = 1e-3, OutputAxis outputAxis = OutputAxis.First) =>
        Setting.Make<Optimizer>(
            () => new AdaptiveClip { Ratio = ratio, Epsilon = epsilon, OutputAxis = outputAxis }, nameof(Clip));

    /// <summary>
    /// Scales the update of each leaf down to a root mean square, as Adafactor does (Shazeer and Stern, 2018,
    /// arXiv:1804.04235): u' = u / max(1, RMS(u) / d), with RMS(u) = √mean(u²) of the leaf.
    /// </summary>
    /// <param name="threshold">d; finite and positive.</param>
    /// <exception cref="ArgumentException">The threshold is not finite and positive.</exception>
    public static Optimizer ByRms(double threshold = 1) =>
        Setting.Make<Optimizer>(() => new ClipByRms { Threshold = threshold }, nameof(Clip));

    /// <summary>Limits each element: u' = min(max(u, −c), c). A NaN stays NaN.</summary>
    /// <param name="limit">c; not negative, not NaN.</param>
    /// <exception cref="ArgumentException">The limit is negative or NaN.</exception>
    public static Optimizer ByValue(double limit) =>
        Setting.Make<Optimizer>(() => new ClipByValue { Limit = limit }, nameof(Clip));

    /// <summary>A factor rounded down, so that the norm after does not exceed the maximum by the rounding.</summary>
    internal static T RoundedDown<T>(double factor)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        T rounded = T.CreateTruncating(factor);
        return double.CreateTruncating(rounded) > factor ? T.BitDecrement(rounded) : rounded;
    }
}

/// <summary>Scales the whole update down to a norm.</summary>
internal sealed record ClipByGlobalNorm : Transform
{
    /// <summary>c, the largest norm; 0 or more.</summary>
    public double Maximum { get; init => field = Setting.Check(value, Bounds.ZeroOrMore); }

    /// <summary>Which norm.</summary>
    public NormKind Kind { get; init => field = Setting.Check(value); }

    protected internal override bool NeedsStatistics => true;

    protected internal override void Measure<T>(in UpdateStatistics<T> update, Span<double> measured)
    {
        double norm = update.Norm(Kind);
        measured.Fill(norm <= Maximum ? 1 : Maximum / norm);
    }

    protected internal override void AddRule<T, TFirst>(in TFirst first, ref RulePass<T> pass) =>
        pass.Add(first, new ScaleRule<T>(Clip.RoundedDown<T>(pass.Measured)));
}

/// <summary>Scales the update of each leaf down to a norm.</summary>
internal sealed record ClipByLeafNorm : Transform
{
    /// <summary>c, the largest norm; 0 or more.</summary>
    public double Maximum { get; init => field = Setting.Check(value, Bounds.ZeroOrMore); }

    /// <summary>Which norm.</summary>
    public NormKind Kind { get; init => field = Setting.Check(value); }

    protected internal override bool NeedsStatistics => true;

    protected internal override bool LeafByLeaf => true;

    protected internal override void Measure<T>(in UpdateStatistics<T> update, Span<double> measured)
    {
        for (int range = 0; range < update.Count; range++)
        {
            double norm = update.UpdateNorm(range, Kind);
            measured[range] = norm <= Maximum ? 1 : Maximum / norm;
        }
    }

    protected internal override void AddRule<T, TFirst>(in TFirst first, ref RulePass<T> pass) =>
        pass.Add(first, new ScaleRule<T>(Clip.RoundedDown<T>(pass.Measured)));
}

/// <summary>Limits each element.</summary>
internal sealed record ClipByValue : Transform
{
    /// <summary>c, the largest size of an element; 0 or more.</summary>
    public double Limit { get; init => field = Setting.Check(value, Bounds.ZeroOrMore); }

    protected internal override void AddRule<T, TFirst>(in TFirst first, ref RulePass<T> pass) =>
        pass.Add(first, new ClipByValueRule<T>(T.CreateTruncating(Limit)));
}
