using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>
/// Gradient noise (Neelakantan et al., 2015): u' = u + n, n normal with the variance η / tᵞ at update t; a function of the seed, the
/// update and the place in the tree.
/// </summary>
public sealed record Noise : Transform
{
    private Noise()
    {
    }

    /// <summary>η, the variance at the first update; finite and not negative.</summary>
    public double Variance { get; init => field = Bounds.NotNegative.Check(value); }

    /// <summary>γ, how fast it falls; finite and not negative.</summary>
    public double Decay { get; init => field = Bounds.NotNegative.Check(value); }

    /// <summary>Where the bits come from.</summary>
    public ulong Seed { get; init; }

    /// <inheritdoc/>
    protected internal override bool Rewrites => true;

    /// <summary>The part with its constants.</summary>
    /// <param name="variance">η; finite and not negative.</param>
    /// <param name="seed">Where the bits come from.</param>
    /// <param name="decay">γ; finite and not negative; 0.55 in the paper.</param>
    /// <exception cref="ArgumentException">A value is out of range; every fault is listed.</exception>
    public static Noise Of(double variance, ulong seed, double decay = 0.55) => new Faults()
        .Require(variance, Bounds.NotNegative).Require(decay, Bounds.NotNegative)
        .Make(() => new Noise { Variance = variance, Decay = decay, Seed = seed }).OrThrow(nameof(Noise));

    /// <inheritdoc/>
    protected internal override void Rewrite<T>(in Rewriting<T> update)
    {
        Philox random = new(Seed);
        double deviation = Math.Sqrt(Variance / Math.Pow(update.Step, Decay));
        foreach (Leaf leaf in update.Leaves)
        {
            ReadOnlySpan<T> before = update.Before(leaf);
            Span<T> after = update.After(leaf);
            for (int element = 0; element < before.Length; element++)
            {
                double normal = random.Normal((ulong)(leaf.Offset + element), (ulong)update.Step);
                after[element] = before[element] + T.CreateTruncating(deviation * normal);
            }
        }
    }
}
