using System.Collections.Immutable;
using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>Adam in the eigenbases of the gradients (see <see cref="Soap"/>).</summary>
internal sealed record SoapScaling : Transform
{
    private const int M = 0, V = 1, Gram = 2, Basis = 3;

    internal static ImmutableArray<string> Slots { get; } = ["m", "v", "gram", "basis"];

    internal required double Beta1 { get; init; }

    internal required double Beta2 { get; init; }

    internal required double GramBeta { get; init; }

    internal required double Epsilon { get; init; }

    internal required long Frequency { get; init; }

    internal required int MaxSize { get; init; }

    internal required bool MergesDimensions { get; init; }

    internal required bool ForVectors { get; init; }

    internal required bool BiasCorrection { get; init; }

    internal required bool Normalize { get; init; }

    protected internal override ImmutableArray<string> SlotNames => Slots;

    protected internal override bool TransformsLeaves => true;

    private protected override bool NeverThrows => true;

    /// <summary>
    /// The matrices of a leaf lie one after the other, one for each dimension that has a basis; nothing where none has.
    /// </summary>
    protected internal override ImmutableArray<int>? SlotShape(int slot, Leaf leaf)
    {
        if (slot is M or V) return leaf.Shape;
        Span<Side> sides = stackalloc Side[leaf.Rank];
        long length = LengthOf(sides[..SidesOf(leaf, sides)]);
        // A longer one is refused.
        return length is 0 or > int.MaxValue ? null : [(int)length];
    }

    protected internal override string? Refuses(Leaf leaf)
    {
        Span<Side> sides = stackalloc Side[leaf.Rank];
        ReadOnlySpan<Side> own = sides[..SidesOf(leaf, sides)];
        long needed = Math.Max(LengthOf(own), ScratchOf(leaf, own));
        return needed <= AlignedBuffer<double>.MaxLength
            ? null
            : $"{leaf} needs {needed} elements for bases of its dimensions; allowed are up to "
                + $"{AlignedBuffer<double>.MaxLength}. Lower the largest size that has a basis.";
    }

    protected internal override int ScratchLength(Leaf leaf)
    {
        Span<Side> sides = stackalloc Side[leaf.Rank];
        return (int)ScratchOf(leaf, sides[..SidesOf(leaf, sides)]);
    }

    /// <summary>The bias correction, which counts the moves.</summary>
    protected internal override void AddRule<T, TFirst>(in TFirst first, ref RulePass<T> pass)
    {
        long moves = pass.SlotStep - 1;
        double correction =
            BiasCorrection && moves > 0 ? Kernels.BiasCorrection.OfRate(Beta1, Beta2, moves) : 1;
        pass.Add(first, new ScaleRule<T>(T.CreateTruncating(correction)));
    }

    protected internal override void TransformLeaf<T>(in LeafContext<T> leaf)
    {
        Span<Side> room = stackalloc Side[leaf.Leaf.Rank];
        ReadOnlySpan<Side> sides = room[..SidesOf(leaf.Leaf, room)];
        int length = leaf.Leaf.Length;
        Span<T> inside = leaf.Output, spare = [], squares = [];
        if (!sides.IsEmpty)
        {
            Span<T> scratch = leaf.Scratch<T>();
            inside = scratch[..length];
            spare = scratch.Slice(length, length);
            squares = scratch[(2 * length)..];
        }

        Span<T> grams = leaf.Slot(Gram), bases = leaf.Slot(Basis);
        foreach (Side side in sides)
        {
            Span<T> gram = squares[..side.Length];
            SideProduct.Gram(leaf.Input, side.Size, side.After, gram);
            Average(gram, side.Of(grams));
        }

        long moves = leaf.SlotStep - 1;
        if (moves == 0)
        {
            foreach (Side side in sides) Start(side.Of(grams), side, side.Of(bases));
            // Zeros, and a NaN where the gradient is not finite.
            for (int index = 0; index < length; index++) leaf.Output[index] = T.Abs(leaf.Input[index] * T.Zero);
            return;
        }

        Turn(leaf.Input, sides, bases, transpose: true, spare, inside);
        Divide(inside, leaf.Slot(M), leaf.Slot(V));
        Turn(inside, sides, bases, transpose: false, spare, leaf.Output);
        if (Normalize) Unite(leaf.Output);
        if (moves % Frequency == 0 && !sides.IsEmpty)
            Refine(leaf.Slot(M), leaf.Slot(V), grams, bases, sides, inside, spare, squares);
    }

    /// <summary>Takes m to the bases after a step of the power iteration, and the order of v.</summary>
    private static void Refine<T>(
        Span<T> m, Span<T> v, Span<T> grams, Span<T> bases, ReadOnlySpan<Side> sides, Span<T> inside, Span<T> spare,
        Span<T> squares)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Turn(m, sides, bases, transpose: false, spare, inside);
        foreach (Side side in sides)
        {
            if (Eigenbasis.Refine<T>(side.Of(grams), side.Size, side.Of(bases), squares) is not { } order) continue;
            v.CopyTo(spare);
            for (int row = 0; row < v.Length / side.After; row++)
            {
                (int matrix, int own) = Math.DivRem(row, side.Size);
                spare.Slice(((matrix * side.Size) + order[own]) * side.After, side.After)
                    .CopyTo(v[(row * side.After)..]);
            }
        }

        Turn(inside, sides, bases, transpose: true, spare, m);
    }

    /// <summary>The eigenvectors of the first Gram matrix, or the identity where it has none.</summary>
    private static void Start<T>(ReadOnlySpan<T> gram, Side side, Span<T> basis)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        basis.Clear();
        for (int index = 0; index < basis.Length; index += side.Size + 1) basis[index] = T.One;
        Eigenbasis.Compute(gram, side.Size, basis);
    }

    /// <summary>A leaf in the bases of its sides (transposed), or back.</summary>
    /// <param name="source">The leaf; it may be the target where no side has a basis.</param>
    /// <param name="sides">The sides with a basis.</param>
    /// <param name="bases">The bases.</param>
    /// <param name="transpose">Whether it goes into the bases.</param>
    /// <param name="spare">Room for another leaf.</param>
    /// <param name="target">The result.</param>
    private static void Turn<T>(
        ReadOnlySpan<T> source, ReadOnlySpan<Side> sides, ReadOnlySpan<T> bases, bool transpose, Span<T> spare,
        Span<T> target)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (sides.IsEmpty) source.CopyTo(target);
        for (int index = 0; index < sides.Length; index++)
        {
            Side side = sides[index];
            // The last product is in the target.
            Span<T> result = (sides.Length - index) % 2 == 1 ? target : spare;
            SideProduct.Multiply(
                source, bases.Slice(side.Offset, side.Length), side.Size, side.After, transpose, result);
            source = result;
        }
    }

    /// <summary>gram' = β·gram + (1 − β)·X·Xᵀ; the products are overwritten.</summary>
    private void Average<T>(Span<T> squares, Span<T> gram)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        EmaRule<T> mean = new(GramBeta, T.One);
        Elementwise.Run(mean, squares, squares, squares, new(gram), new(gram));
    }

    /// <summary>The update m / (√v + ε) in the place of the gradient.</summary>
    private void Divide<T>(Span<T> gradient, Span<T> m, Span<T> v)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        AdamRule<T> adam = new(Beta1, Beta2, Epsilon, biasCorrection: false, step: 1);
        Elementwise.Run(adam, gradient, gradient, gradient, new(m, v), new(m, v));
    }

    /// <summary>Divides an update by its root mean square.</summary>
    private static void Unite<T>(Span<T> update)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        double size = 1e-30 + (BlockReduction.Norm<T>(update) / Math.Sqrt(update.Length));
        Elementwise.Run(new ScaleRule<T>(T.CreateTruncating(1 / size)), update, update, update);
    }

    /// <summary>The sides of a leaf that have a basis, in the order of its dimensions; returns how many.</summary>
    private int SidesOf(Leaf leaf, Span<Side> sides)
    {
        if (leaf.Length == 0 || (leaf.Rank == 1 && !ForVectors)) return 0;
        Span<int> sizes = stackalloc int[leaf.Rank];
        int dimensions = Merge(leaf.Shape, sizes), count = 0, after = leaf.Length;
        long offset = 0;
        foreach (int size in sizes[..dimensions])
        {
            after /= size;
            if (size > MaxSize) continue;
            sides[count++] = new Side(size, after, (int)Math.Min(offset, int.MaxValue));
            offset += (long)size * size;
        }

        return count;
    }

    /// <summary>
    /// The sizes of the dimensions, with neighbours merged while their product is no larger than a basis may be.
    /// </summary>
    private int Merge(ImmutableArray<int> shape, Span<int> sizes)
    {
        shape.CopyTo(sizes);
        if (!MergesDimensions || shape.Length < 2) return shape.Length;
        int count = 0, merged = 1;
        foreach (int size in shape)
        {
            if ((long)merged * size <= MaxSize)
            {
                merged *= size;
            }
            else
            {
                // A dimension that is too large by itself stays alone.
                sizes[count++] = merged > 1 ? merged : size;
                merged = merged > 1 ? size : 1;
            }
        }

        if (merged > 1 || count == 0) sizes[count++] = merged;
        return count;
    }

    private static long LengthOf(ReadOnlySpan<Side> sides)
    {
        long length = 0;
        foreach (Side side in sides) length += (long)side.Size * side.Size;
        return length;
    }

    /// <summary>Two leaves and what the longest side needs; nothing without sides.</summary>
    private static long ScratchOf(Leaf leaf, ReadOnlySpan<Side> sides)
    {
        int longest = 0;
        foreach (Side side in sides) longest = Math.Max(longest, side.Size);
        return sides.IsEmpty ? 0 : (2L * leaf.Length) + Eigenbasis.ScratchLength(longest);
    }

    /// <summary>A dimension with a basis.</summary>
    /// <param name="Size">Its size.</param>
    /// <param name="After">The product of the sizes of the dimensions after it.</param>
    /// <param name="Offset">Where its matrices are in the slots.</param>
    private readonly record struct Side(int Size, int After, int Offset)
    {
        internal int Length => Size * Size;

        internal Span<T> Of<T>(Span<T> slot) => slot.Slice(Offset, Length);
    }
}
