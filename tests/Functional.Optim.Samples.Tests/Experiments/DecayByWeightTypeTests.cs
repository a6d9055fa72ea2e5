using Experiments;

namespace Functional.Optim.Samples.Tests.Experiments;

public sealed class DecayByWeightTypeTests
{
    private static readonly Dictionary<string, DecayByWeightTypeRow> Rows = Of(new());

    private static IEnumerable<DecayByWeightTypeRow> Matrices => Rows.Values
        .Where(
            row => row.Leaf.Name is not (DecayByWeightType.Seen or DecayByWeightType.Unseen or DecayByWeightType.Norm));

    [Fact]
    public void Matrices_grow_by_a_tenth_of_which_decay_explains_next_to_nothing()
    {
        Assert.Equal(4, Matrices.Count());
        Assert.All(Matrices, row => Assert.Equal(1.10, row.Ratio / row.DecayAlone, 0.02));
        Assert.All(Matrices, row => Assert.InRange(row.Share, 0.0015, 0.003));
    }

    [Fact]
    public void Without_a_gradient_decay_is_all_there_is()
    {
        DecayByWeightTypeRow unseen = Rows[DecayByWeightType.Unseen];
        Assert.Equal((1.0, 1.0), (unseen.Share, unseen.PlainRatio));
        Assert.Equal(Math.Pow(1 - 1e-5, 100), unseen.Ratio, 1e-12);
        Assert.Null(unseen.EffectiveRate);
    }

    [Fact]
    public void Layer_norms_start_at_one_so_decay_would_be_fifty_times_as_much_of_their_change()
    {
        DecayByWeightTypeRow norm = Rows[DecayByWeightType.Norm];
        Assert.Equal(Math.Sqrt(64), norm.Norms[0], 1e-12);
        Assert.InRange(norm.Share / Matrices.Average(row => row.Share), 40, 50);
        Assert.Equal([norm], Rows.Values.Where(row => !row.DecaysByShape));
    }

    [Fact]
    public void Matrices_and_embeddings_begin_at_a_deviation_of_a_fiftieth() => Assert.All(
        Rows.Values.Where(row => row.DecaysByShape),
        row => Assert.Equal(0.02, row.Norms[0] / Math.Sqrt(row.Leaf.Length), 0.001));

    [Fact]
    public void Without_decay_and_without_gradients_nothing_changes()
    {
        Assert.All(Of(new() { WeightDecay = 0, Steps = 10 }).Values,
            row => Assert.Equal((0.0, row.PlainRatio), (row.Share, row.Ratio)));
        Assert.All(Of(new() { Signal = 0, Noise = 0, Steps = 10 }).Values,
            row => Assert.Equal(row.DecayAlone, row.Ratio, 1e-12));
    }

    private static Dictionary<string, DecayByWeightTypeRow> Of(DecayByWeightTypeOptions options) =>
        DecayByWeightType.Run(options, seed: 1, new Progress<double>(), CancellationToken.None)
            .ToDictionary(row => row.Leaf.Name);
}
