using System.Numerics;
using System.Runtime.CompilerServices;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>
/// Gradient noise (Neelakantan et al., 2015, arXiv:1511.06807): u' = u + n, n normal with the variance η / tᵞ at update
/// t; a function of the seed, the update, the name of the leaf and the place in it.
/// </summary>
public sealed record Noise : Transform, ITiledTransform
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

    /// <summary>A block of normal numbers.</summary>
    int ITiledTransform.UnitLength(Leaf leaf) => NormalBlocks.Length;

    int ITiledTransform.UnitCount(Leaf leaf) => ((leaf.Length - 1) / NormalBlocks.Length) + 1;

    /// <summary>There is nothing to measure.</summary>
    void ITiledTransform.MeasureUnits<T>(
        Leaf leaf, ReadOnlySpan<T> update, ReadOnlySpan<T> parameters, Span<T> numbers, Span<double> scratch)
    {
    }

    unsafe void ITiledTransform.ChangeTile<T>(in LeafTile<T> tile)
    {
        Addition<T> addition = new(T.CreateTruncating(Math.Sqrt(Variance / Math.Pow(tile.Step, Decay))));
        // By name rather than place, so that the noise of a leaf does not depend on the leaves before it.
        Philox random = new(Seed ^ KeyOf(tile.Leaf.Name));
        T* normals = stackalloc T[NormalBlocks.Length];
        PassMemory<T> memory = tile.Memory;
        for (long at = tile.Start; at < tile.End; at += NormalBlocks.Length)
        {
            NormalBlocks.Fill(random, at / NormalBlocks.Length, (ulong)tile.Step, normals, tile.Width);
            memory.Parameters = normals - at;
            Elementwise.RunRange(addition, memory, at, Math.Min(at + NormalBlocks.Length, tile.End), tile.Width);
        }
    }

    /// <summary>The 64-bit FNV-1a hash of a name.</summary>
    private static ulong KeyOf(string name)
    {
        ulong hash = 14695981039346656037;
        foreach (char character in name) hash = (hash ^ character) * 1099511628211;
        return hash;
    }

    /// <summary>u + σ·n, with the normal numbers in the place of the parameters.</summary>
    private readonly struct Addition<T>(T deviation) : IUpdateRule<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private readonly T deviation = deviation;

        public static int SlotCount => 0;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TLane Apply<TLane>(TLane parameter, TLane update, ref Slots<TLane> slots, int first)
            where TLane : struct, ILane<TLane, T> =>
            TLane.FusedMultiplyAdd(TLane.Broadcast(deviation), parameter, update);
    }
}
