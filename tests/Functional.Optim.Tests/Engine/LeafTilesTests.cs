using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim.Tests.Engine;

/// <summary>
/// Transforms that change tiles inside of a pass (<see cref="ITiledTransform"/>), against the same ones written for
/// whole leaves: rows that are longer than a chunk, that end between tiles and blocks, and many that are short.
/// </summary>
public class LeafTilesTests
{
    public static TheoryData<string> Names => [.. Pairs.Keys];

    private static Dictionary<string, (Optimizer Tiled, Optimizer Whole)> Pairs { get; } = new()
    {
        ["centralized rows"] = (Centralize.By(), new Whole(AreColumns: false, Clips: false)),
        ["centralized columns"] = (Centralize.By(OutputAxis.Last), new Whole(AreColumns: true, Clips: false)),
        ["clipped rows"] = (Clip.Adaptively(), new Whole(AreColumns: false, Clips: true)),
        ["clipped columns"] = (Clip.Adaptively(outputAxis: OutputAxis.Last), new Whole(AreColumns: true, Clips: true)),
    };

    [Theory]
    [MemberData(nameof(Names))]
    public void Tiles_have_the_bits_of_whole_leaves(string name)
    {
        (Optimizer tiled, Optimizer whole) = Pairs[name];
        Optimizer adamW = AdamW.Of(0.1, weightDecay: 0.1);
        Compare<float>(tiled.Then(adamW), whole.Then(adamW));
        Compare<double>(tiled.Then(adamW), whole.Then(adamW));
        Compare<float>(Momentum.Of(0.9).Then(tiled).Then(tiled), Momentum.Of(0.9).Then(whole).Then(whole));
        Compare<float>(
            tiled.Then(Clip.ByGlobalNorm(1)).Then(adamW), whole.Then(Clip.ByGlobalNorm(1)).Then(adamW));
        foreach (StateFormat format in Enum.GetValues<StateFormat>())
            Compare<float>(tiled.Then(adamW).WithState(format), whole.Then(adamW).WithState(format));
    }

    private static void Compare<T>(Optimizer tiled, Optimizer whole)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Assert.Equal(After<T>(whole), After<T>(tiled));
        Assert.Equal(After<T>(whole), LaneWidths.With(LaneWidth.Bits128, () => After<T>(tiled)));
        Assert.Equal(After<T>(whole), InPlace<T>(tiled));
    }

    private static T[][] After<T>(Optimizer optimizer)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ParameterTree<T> parameters = Trees<T>.All[0];
        OptimizerState<T> state = optimizer.Init(parameters);
        (parameters, state) = optimizer.Step(parameters, Trees<T>.All[1], state);
        (parameters, _) = optimizer.StepDonating(parameters, Trees<T>.All[2].Copy(), state);
        return [.. parameters.Layout.Leaves.Select(leaf => parameters.AsSpan(leaf.Name).ToArray())];
    }

    /// <summary>The same over leaves that lie elsewhere each.</summary>
    private static unsafe T[][] InPlace<T>(Optimizer optimizer)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ParameterTree<T> parameters = Trees<T>.All[0];
        (string Name, int[] Shape, AlignedBuffer<T> Theta, AlignedBuffer<T> Gradient)[] leaves =
        [
            .. parameters.Layout.Leaves.Select(leaf => (
                leaf.Name, leaf.Shape.ToArray(), new AlignedBuffer<T>(leaf.Length), new AlignedBuffer<T>(leaf.Length))),
        ];
        foreach (var leaf in leaves) parameters.AsSpan(leaf.Name).CopyTo(leaf.Theta.Span);
        InPlaceOptimizer<T> inPlace = optimizer.InPlace(
        [
            .. leaves.Select(leaf =>
                new LeafBinding<T>(leaf.Name, leaf.Shape, leaf.Theta.Pointer, leaf.Gradient.Pointer)),
        ]);
        foreach (ParameterTree<T> gradients in Trees<T>.All[1..])
        {
            foreach (var leaf in leaves) gradients.AsSpan(leaf.Name).CopyTo(leaf.Gradient.Span);
            inPlace.Step();
        }

        return [.. leaves.Select(leaf => leaf.Theta.Span.ToArray())];
    }

    /// <summary>Centralization or adaptive clipping of whole leaves.</summary>
    private sealed record Whole(bool AreColumns, bool Clips) : Transform
    {
        protected internal override bool TransformsLeaves => true;

        protected internal override void TransformLeaf<T>(in LeafContext<T> leaf)
        {
            leaf.Input.CopyTo(leaf.Output);
            if (leaf.Leaf.Rank < 2 && !Clips) return;
            bool areColumns = AreColumns && leaf.Leaf.Rank > 1;
            int rows = leaf.Leaf.Rank < 2 ? 1
                : areColumns ? leaf.Leaf.Length / leaf.Leaf.Shape[^1]
                : leaf.Leaf.Shape[0];
            int columns = leaf.Leaf.Length / rows;
            double[] means = Measured(leaf.Input, rows, columns, areColumns);
            double[] sizes = Measured(leaf.Parameters, rows, columns, areColumns);
            for (int index = 0; index < leaf.Output.Length; index++)
            {
                int unit = areColumns ? index % columns : index / columns;
                double largest = 0.01 * Math.Max(sizes[unit], 1e-3);
                leaf.Output[index] = !Clips
                    ? leaf.Output[index] - T.CreateTruncating(means[unit])
                    : leaf.Output[index] * T.CreateTruncating(means[unit] > largest ? largest / means[unit] : 1);
            }
        }

        /// <summary>The mean or the norm of each unit.</summary>
        private double[] Measured<T>(ReadOnlySpan<T> values, int rows, int columns, bool areColumns)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            double[] measured = new double[areColumns ? columns : rows];
            if (!areColumns)
            {
                for (int row = 0; row < rows; row++)
                {
                    ReadOnlySpan<T> own = values.Slice(row * columns, columns);
                    measured[row] = Clips ? BlockReduction.Norm(own) : BlockReduction.Sum(own) / columns;
                }

                return measured;
            }

            RowBlocks blocks = new(1, rows, columns);
            for (int block = 0; block < blocks.Total; block++)
            {
                double[] sums = new double[columns];
                (_, int start, int end) = blocks[block];
                for (int index = start * columns; index < end * columns; index++)
                {
                    double value = double.CreateTruncating(values[index]);
                    ref double sum = ref sums[index % columns];
                    sum = Clips ? Math.FusedMultiplyAdd(value, value, sum) : sum + value;
                }

                for (int column = 0; column < columns; column++)
                    measured[column] = block == 0 ? sums[column] : measured[column] + sums[column];
            }

            for (int column = 0; column < columns; column++)
                measured[column] = Clips ? Math.Sqrt(measured[column]) : measured[column] / rows;
            return measured;
        }
    }

    /// <summary>Parameters and two gradients.</summary>
    private static class Trees<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        internal static readonly ParameterTree<T>[] All =
        [
            .. Enumerable.Range(0, 3).Select(seed => ParameterTree.Of(
                Of("long", seed, 2, Chunk.Size + 1), Of("short", seed, 1500, 3), Of("odd", seed, 5, 4099),
                Of("even", seed, 30, 100), Of("vector", seed, 2051), Of("long vector", seed, Chunk.Size + 5),
                Of("small", seed, 2, 2, 2), Of("exact", seed, 2, 2048), Of("one", seed, 1))),
        ];

        private static LeafData<T> Of(string name, int seed, params int[] shape) => Leaf.Of(
            name, shape,
            [
                .. Enumerable.Range(0, shape.Aggregate(1, (all, size) => all * size))
                    .Select(index => T.CreateTruncating(Math.Sin((seed * 17) + (index * 0.37) + name.Length) + 0.1)),
            ]);
    }
}
