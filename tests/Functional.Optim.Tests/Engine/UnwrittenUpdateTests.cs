using System.Collections.Immutable;
using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim.Tests.Engine;

/// <summary>
/// Transforms that measure an update which no pass has written (<see cref="UnwrittenUpdate{T}"/>), against the same ones
/// when it is in memory.
/// </summary>
public class UnwrittenUpdateTests
{
    private static readonly Transform Ratio = TrustRatio.Of(weightDecay: 0.1);

    private static readonly Transform Rms = (Transform)Clip.ByRms(0.01);

    private static readonly (Optimizer Unwritten, Optimizer Written)[] Pairs =
    [
        Pair(of => Adam.Scaling().Then(of(Ratio)).Then(LearningRate.Of(0.1))),
        Pair(of => Adam.Scaling().Then(of(Rms)).Then(Momentum.Of(0.9)).Then(of(Ratio))),
        Pair(of => Clip.ByGlobalNorm(1).Then(Momentum.Of(0.9)).Then(of(Ratio)).Then(Clip.ByGlobalNorm(1))),
        Pair(of => of(Ratio).Then(Adam.Scaling()).Then(of(Rms))),
        Pair(of => Adam.Scaling().Then(Adam.Scaling()).Then(Momentum.Of(0.9)).Then(of(Ratio))),
        Pair(of => Partition.Of(
            (LeafFilter.Matrices, Adam.Scaling().Then(of(Rms)).Then(of(Ratio))),
            (LeafFilter.All, Momentum.Of(0.9))).Then(of(Ratio)).Then(LearningRate.Of(0.1))),
        Pair(of => Partition.Of(
            (LeafFilter.Matrices, Momentum.Of(0.9).Then(Orthogonalize.Of()).Then(Scale.By(2)).Then(of(Rms))),
            (LeafFilter.All, Scale.By(3))).Then(of(Ratio))),
    ];

    public static TheoryData<int> Indices => [.. Enumerable.Range(0, Pairs.Length)];

    [Theory]
    [MemberData(nameof(Indices))]
    public void Unwritten_updates_have_the_norms_of_written_ones(int index)
    {
        (Optimizer unwritten, Optimizer written) = Pairs[index];
        Compare<float>(unwritten, written, 1);
        Compare<double>(unwritten, written, 1);
    }

    [Fact]
    public void Slots_of_other_formats_are_decoded_for_it()
    {
        (Optimizer unwritten, Optimizer written) = Pairs[0];
        foreach (StateFormat format in Enum.GetValues<StateFormat>())
        {
            Compare<float>(unwritten.WithState(format), written.WithState(format), 1);
            Compare<double>(unwritten.WithState(format), written.WithState(format), 1);
        }
    }

    /// <summary>Sums of their squares are 0 or infinite, or have lost terms.</summary>
    [Theory]
    [InlineData(1e-180)]
    [InlineData(1e-130)]
    [InlineData(1e170)]
    public void Very_small_and_very_large_updates_too(double size)
    {
        foreach (Transform transform in (Transform[])[Ratio, Rms])
        {
            (Optimizer unwritten, Optimizer written) = Pair(of => Momentum.Of(0.9).Then(of(transform)));
            Compare<double>(unwritten, written, size);
        }
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_donating_step_that_finds_no_norm_changes_nothing(double bad)
    {
        Lamb lamb = Lamb.Of(0.1);
        ParameterTree<float> parameters = Tree<float>(0, 1), gradients = Tree<float>(1, 1, bad);
        AdamState<float> state = lamb.Init(parameters);
        NonFiniteGradientException error = Assert.Throws<NonFiniteGradientException>(
            () => lamb.StepDonating(parameters, gradients, state));
        Assert.Contains("even", error.Message, StringComparison.Ordinal);
        Assert.Equal((Tree<float>(0, 1), lamb.Init(parameters)), (parameters, state));
    }

    private static (Optimizer Unwritten, Optimizer Written) Pair(Func<Func<Transform, Transform>, Optimizer> of) =>
        (of(transform => transform), of(transform => new InMemory(transform)));

    private static void Compare<T>(Optimizer unwritten, Optimizer written, double size)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        T[][] expected = After<T>(written, size);
        Assert.Equal(expected, After<T>(unwritten, size));
        Assert.Equal(expected, LaneWidths.With(LaneWidth.Bits128, () => After<T>(unwritten, size)));
        Assert.Equal(expected, LaneWidths.With(LaneWidth.Scalar, () => After<T>(unwritten, size)));
    }

    private static T[][] After<T>(Optimizer optimizer, double size)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ParameterTree<T> parameters = Tree<T>(0, 1);
        OptimizerState<T> state = optimizer.Init(parameters);
        (parameters, state) = optimizer.Step(parameters, Tree<T>(1, size), state);
        (parameters, _) = optimizer.StepDonating(parameters, Tree<T>(2, size), state);
        return [.. parameters.Layout.Leaves.Select(leaf => parameters.AsSpan(leaf.Name).ToArray())];
    }

    private static ParameterTree<T> Tree<T>(int seed, double size, double bad = 0)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        return ParameterTree.Of(
            Of("even", 30, 100), Of("wide", 2, Chunk.Size + 1), Of("one", 1), Of("vector", 4099), Of("odd", 7, 9));

        LeafData<T> Of(string name, params int[] shape) => Leaf.Of(
            name, shape,
            [
                .. Enumerable.Range(0, shape.Aggregate(1, (all, length) => all * length)).Select(index =>
                    T.CreateTruncating(
                        (size * (Math.Sin((seed * 17) + (index * 0.37)) + 0.1)) + (index == 2999 ? bad : 0))),
            ]);
    }

    /// <summary>A transform of which it is not known what it measures, so that the update is in memory.</summary>
    private sealed record InMemory(Transform Inner) : Transform
    {
        protected internal override bool NeedsStatistics => true;

        protected internal override bool LeafByLeaf => true;

        protected internal override ImmutableArray<(string Name, LeafFilter Leaves)> LeafFilters => Inner.LeafFilters;

        protected internal override double PerLeafFactor(Leaf leaf, LeafSettings settings) =>
            Inner.PerLeafFactor(leaf, settings);

        protected internal override void Measure<T>(in UpdateStatistics<T> update, Span<double> measured) =>
            Inner.Measure(update, measured);

        protected internal override void AddRule<T, TFirst>(in TFirst first, ref RulePass<T> pass) =>
            Inner.AddRule(first, ref pass);
    }
}
