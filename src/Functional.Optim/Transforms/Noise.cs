using System.Numerics;
using System.Runtime.CompilerServices;
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
    protected internal override unsafe void TransformLeaf<T>(in LeafContext<T> leaf)
    {
        if (leaf.Input.IsEmpty) return;
        double deviation = Math.Sqrt(Variance / Math.Pow(leaf.Step, Decay));
        // By name rather than place, so that the noise of a leaf does not depend on the leaves before it.
        Philox random = new(Seed ^ KeyOf(leaf.Leaf.Name));
        fixed (T* before = leaf.Input, after = leaf.Output)
        {
            PassMemory<T> memory = new() { Updates = before, Output = after };
            memory.ChooseStores(leaf.Input.Length, slotCount: 0);
            Blocks<T> blocks = new(
                random, (ulong)leaf.Step, new(T.CreateTruncating(deviation)), memory, leaf.Input.Length,
                LaneWidths.Resolve(LaneWidth.Best));
            ParallelFor.Run(((leaf.Input.Length - 1) / Blocks<T>.Elements) + 1, leaf.Input.Length, blocks);
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

    /// <summary>Some blocks of normal numbers, each added while it is in the cache.</summary>
    private readonly unsafe struct Blocks<T>(
        Philox random, ulong step, Addition<T> addition, PassMemory<T> memory, int length, LaneWidth width)
        : IParallelBody
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        internal const int Elements = 32 * NormalBlocks.Length;

        private readonly Philox random = random;
        private readonly Addition<T> addition = addition;
        private readonly PassMemory<T> memory = memory;

        public void Run(int index)
        {
            T* normals = stackalloc T[NormalBlocks.Length];
            PassMemory<T> own = memory;
            long start = (long)index * Elements, end = Math.Min(start + Elements, length);
            for (long at = start; at < end; at += NormalBlocks.Length)
            {
                NormalBlocks.Fill(random, at / NormalBlocks.Length, step, normals, width);
                own.Parameters = normals - at;
                Elementwise.RunRange(addition, own, at, Math.Min(at + NormalBlocks.Length, end), width);
            }
        }
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
