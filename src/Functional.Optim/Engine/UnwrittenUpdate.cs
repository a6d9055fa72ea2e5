using System.Buffers;
using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>
/// The update of a leaf that rules would make of its gradient, while no step has written it. To measure it, the rules
/// run piece by piece into a buffer that stays in the cache. So a step that measures in its middle needs no memory for
/// the update, and still throws before anything is written.
/// </summary>
internal readonly unsafe struct UnwrittenUpdate<T>(BoundPass<T> bound, int segment, Leaf leaf)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private T* Parameters => bound.Memories[bound.Indices[segment].Memory].Parameters + leaf.Offset;

    /// <summary>
    /// The norms of the parameters and of the update, with the bits of <see cref="BlockReduction.Norm"/>.
    /// </summary>
    /// <param name="withParameters">Whether that of the parameters is wanted; it is 0 otherwise.</param>
    internal (double OfParameters, double OfUpdate) Norms(bool withParameters)
    {
        (double ofParameters, double ofUpdate) = Sums(withParameters);
        ofParameters = !withParameters || BlockReduction.IsPrecise(ofParameters)
            ? Math.Sqrt(ofParameters)
            : BlockReduction.Norm(new ReadOnlySpan<T>(Parameters, leaf.Length));
        if (BlockReduction.IsPrecise(ofUpdate)) return (ofParameters, Math.Sqrt(ofUpdate));
        T[] update = Rent();
        ofUpdate = BlockReduction.Norm<T>(update.AsSpan(0, leaf.Length));
        ArrayPool<T>.Shared.Return(update);
        return (ofParameters, ofUpdate);
    }

    /// <summary>The largest magnitude; NaN when an element is NaN.</summary>
    internal double MaxAbs()
    {
        T[] update = Rent();
        double largest = BlockReduction.MaxAbs<T>(update.AsSpan(0, leaf.Length));
        ArrayPool<T>.Shared.Return(update);
        return largest;
    }

    /// <summary>The whole update, for the rare case that the sums of its squares are not enough.</summary>
    private T[] Rent()
    {
        T[] update = ArrayPool<T>.Shared.Rent(leaf.Length);
        fixed (T* start = update)
        {
            Copy copy = new(start);
            bound.Compute(
                segment, leaf.Offset, (long)leaf.Offset + leaf.Length, LaneWidths.Resolve(LaneWidth.Best), ref copy);
        }

        return update;
    }

    private (double OfParameters, double OfUpdate) Sums(bool withParameters)
    {
        const int size = BlockReduction.BlockSize;
        int blocks = (int)(((long)leaf.Length + size - 1) / size);
        double[] ofParameters = ArrayPool<double>.Shared.Rent(blocks), ofUpdate = ArrayPool<double>.Shared.Rent(blocks);
        ParallelFor.Run(
            blocks, leaf.Length,
            new Body(
                bound, segment, leaf, withParameters, ofParameters, ofUpdate, LaneWidths.Resolve(LaneWidth.Best)));
        (double First, double Second) sums = (0, 0);
        for (int block = 0; block < blocks; block++)
            sums = (sums.First + ofParameters[block], sums.Second + ofUpdate[block]);
        ArrayPool<double>.Shared.Return(ofParameters);
        ArrayPool<double>.Shared.Return(ofUpdate);
        return sums;
    }

    /// <summary>Sums the squares of a block.</summary>
    private readonly struct Body(
        BoundPass<T> bound, int segment, Leaf leaf, bool withParameters, double[] ofParameters, double[] ofUpdate,
        LaneWidth width) : IParallelBody
    {
        public void Run(int index)
        {
            double* sums = stackalloc double[2 * BlockReduction.Columns];
            new Span<double>(sums, 2 * BlockReduction.Columns).Clear();
            Squares squares = new(sums, withParameters ? sums + BlockReduction.Columns : null, width);
            long start = (long)index * BlockReduction.BlockSize;
            long end = Math.Min(start + BlockReduction.BlockSize, leaf.Length);
            bound.Compute(segment, leaf.Offset + start, leaf.Offset + end, width, ref squares);
            ofUpdate[index] = BlockReduction.TotalOfSquares(sums);
            ofParameters[index] = BlockReduction.TotalOfSquares(sums + BlockReduction.Columns);
        }
    }

    private readonly struct Squares(double* ofUpdate, double* ofParameters, LaneWidth width) : IUpdateReader<T>
    {
        private readonly double* ofUpdate = ofUpdate;
        private readonly double* ofParameters = ofParameters;

        public void Read(T* update, T* parameters, int count)
        {
            BlockReduction.AddSquares(update, count, ofUpdate, width);
            if (ofParameters != null) BlockReduction.AddSquares(parameters, count, ofParameters, width);
        }
    }

    private struct Copy(T* destination) : IUpdateReader<T>
    {
        private T* next = destination;

        public void Read(T* update, T* parameters, int count)
        {
            new ReadOnlySpan<T>(update, count).CopyTo(new Span<T>(next, count));
            next += count;
        }
    }
}
