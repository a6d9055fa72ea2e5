using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>
/// Gradient noise (Neelakantan et al., 2015, arXiv:1511.06807): u' = u + n, n normal with the variance η / tᵞ at update
/// t; a function of the seed, the update, the name of the leaf and the place in it.
/// </summary>
public sealed record Noise : Transform
{
    private Noise()
    {
    }

    /// <summary>η, the variance at the first update; finite and not negative.</summary>
    public double Variance { get; init => field = Setting.Check(value, Bounds.NotNegative); }

    /// <summary>γ, how fast it falls; finite and not negative.</summary>
    public double Decay { get; init => field = Setting.Check(value, Bounds.NotNegative); }

    /// <summary>Where the bits come from.</summary>
    public ulong Seed { get; init; }

    /// <inheritdoc/>
    protected internal override bool TransformsLeaves => true;

    /// <summary>The transform with its constants.</summary>
    /// <param name="variance">η; finite and not negative.</param>
    /// <param name="seed">Where the bits come from.</param>
    /// <param name="decay">γ; finite and not negative; 0.55 in the paper.</param>
    /// <exception cref="ArgumentException">A value is out of range; every error is listed.</exception>
    public static Noise Of(double variance, ulong seed, double decay = 0.55) =>
        Setting.Make(() => new Noise { Variance = variance, Decay = decay, Seed = seed });

    /// <inheritdoc/>
    protected internal override void TransformLeaf<T>(in LeafContext<T> leaf)
    {
        double deviation = Math.Sqrt(Variance / Math.Pow(leaf.Step, Decay));
        // By name rather than place, so that the noise of a leaf does not depend on the leaves before it.
        Philox random = new(Seed ^ KeyOf(leaf.Leaf.Name));
        ReadOnlySpan<T> before = leaf.Input;
        Span<T> after = leaf.Output;
        for (int element = 0; element < before.Length; element++)
        {
            double normal = random.Normal((ulong)element, (ulong)leaf.Step);
            after[element] = before[element] + T.CreateTruncating(deviation * normal);
        }
    }

    private protected override bool NeverThrows => true;

    /// <summary>The 64-bit FNV-1a hash of a name.</summary>
    private static ulong KeyOf(string name)
    {
        ulong hash = 14695981039346656037;
        foreach (char character in name) hash = (hash ^ character) * 1099511628211;
        return hash;
    }
}
