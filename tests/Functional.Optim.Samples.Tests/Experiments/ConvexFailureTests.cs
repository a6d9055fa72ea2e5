using System.Collections.Immutable;
using Experiments;

namespace Functional.Optim.Samples.Tests.Experiments;

public sealed class ConvexFailureTests
{
    private static readonly ImmutableArray<ConvexFailureRow> Rows =
        ConvexFailure.Run(new(), new Progress<double>(), CancellationToken.None);

    [Fact]
    public void Adam_goes_to_1_and_AMSGrad_to_minus_1()
    {
        foreach (RepeatingLosses losses in ConvexFailure.Sequences)
        {
            Assert.InRange(Of(losses, "Adam").Final, 0.98, 1);
            Assert.InRange(Of(losses, "AMSGrad").Final, -1, -0.95);
        }
    }

    [Fact]
    public void Minus_1_is_the_best_of_all_places_on_both()
    {
        foreach (RepeatingLosses losses in ConvexFailure.Sequences)
            Assert.True(Enumerable.Range(1, losses.Period).Sum(step => losses.SlopeAt(step)) > 0);
    }

    [Fact]
    public void The_mean_regret_of_Adam_stays_and_that_of_AMSGrad_falls()
    {
        RepeatingLosses proof = ConvexFailure.Sequences[0];
        // At +1 a repetition costs 3 − 1 − 1 = 1, at −1 as much less than nothing: 2 in three updates.
        Assert.Equal(2 / 3.0, Of(proof, "Adam").MeanRegrets[^1], 0.01);
        foreach (string right in (string[])["AMSGrad", "AMSGrad of v̂", "SGD, α/3"])
            Assert.True(Of(proof, right).MeanRegrets[^1] < Of(proof, right).MeanRegrets[2999] / 3, right);
    }

    [Fact]
    public void Adam_with_a_long_memory_goes_the_right_way()
    {
        Dictionary<(RepeatingLosses, double), double> drifts = ConvexFailure.Drifts(CancellationToken.None)
            .ToDictionary(drift => (drift.Losses, Math.Round(drift.Memory)), drift => drift.Drift);
        Assert.All(ConvexFailure.Sequences, losses => Assert.True(drifts[(losses, 1)] > 0
            && drifts[(losses, 10_000)] < 0));
        // In the limit every gradient is divided by the root of the mean square.
        Assert.Equal(-1 / 3.0 / Math.Sqrt(11 / 3.0), drifts[(ConvexFailure.Sequences[0], 10_000)], 1e-3);
        Assert.True(drifts[(ConvexFailure.Sequences[1], 1000)] > 0);
    }

    private static ConvexFailureRow Of(RepeatingLosses losses, string optimizer) =>
        Rows.First(row => row.Losses == losses && row.Optimizer == optimizer);
}
