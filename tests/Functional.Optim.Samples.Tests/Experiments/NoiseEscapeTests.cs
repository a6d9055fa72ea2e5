using Experiments;

namespace Functional.Optim.Samples.Tests.Experiments;

public sealed class NoiseEscapeTests
{
    private static readonly Dictionary<double, NoiseEscapeRow> Rows =
        NoiseEscape.Run(new(), seed: 1, new Progress<double>(), CancellationToken.None).ToDictionary(row => row.Level);

    [Fact]
    public void Plain_descent_ends_where_the_source_texts_does()
    {
        Assert.All(Rows[0].Ends, end => Assert.Equal(0.4559, end, 1e-4));
        Assert.Equal(-0.0426, Rows[0].MeanLoss, 1e-4);
    }

    [Fact]
    public void The_source_texts_noise_leads_nobody_out()
    {
        NoiseEscapeRow weak = NoiseEscape.Run(
            new() { Levels = [0.1], Runs = 20_000 }, seed: 2, new Progress<double>(), CancellationToken.None)
                .Single(row => row.Level == 0.1);
        Assert.Equal((0, 0), (weak.Left, weak.Ended));
    }

    [Fact]
    public void Strong_noise_leads_most_out_and_makes_the_mean_loss_worse()
    {
        Assert.InRange(Rows[5].Left, 0.77, 0.83);
        Assert.InRange(Rows[5].MeanLoss, 0.025, 0.038);
        Assert.True(Rows[5].MeanFloor < Rows[0].MeanFloor);
        double[] left = [.. Rows.Values.OrderBy(row => row.Level).Select(row => row.Left)];
        Assert.Equal(left.Order(), left);
        Assert.All(Rows.Values, row => Assert.InRange(row.Ended, 0, row.Left));
    }

    [Fact]
    public void The_derivative_is_that_of_the_loss()
    {
        foreach (double x in (double[])[-1.3, -0.2, 0, 0.5, 1.1])
            Assert.Equal((NoiseEscape.LossAt(x + 1e-6) - NoiseEscape.LossAt(x - 1e-6)) / 2e-6,
                NoiseEscape.SlopeAt(x), 1e-7);
    }

    [Fact]
    public void The_basins_lie_side_by_side_each_with_its_minimum_and_the_line_is_covered()
    {
        Assert.Equal((double.NegativeInfinity, double.PositiveInfinity),
            (NoiseEscape.Basins[0].From, NoiseEscape.Basins[^1].To));
        Assert.Equal(NoiseEscape.Basins.Skip(1)
            .Select(basin => basin.From), NoiseEscape.Basins.SkipLast(1).Select(basin => basin.To));
        foreach (Basin basin in NoiseEscape.Basins)
        {
            Assert.InRange(basin.Bottom, basin.From, basin.To);
            Assert.True(NoiseEscape.SlopeAt(basin.Bottom - 1e-6) < 0 && NoiseEscape.SlopeAt(basin.Bottom + 1e-6) > 0);
        }

        Assert.Equal(0.4558, NoiseEscape.StartBasin.Bottom, 1e-3);
        Assert.All(Enumerable.Range(-200, 401), hundredths =>
            Assert.True(NoiseEscape.LossAt(hundredths / 100.0) >= NoiseEscape.LossAt(NoiseEscape.DeepestBasin.Bottom)));
    }

    [Fact]
    public void Another_seed_is_another_noise_and_the_same_seed_the_same()
    {
        double[] of(ulong seed) =>
            [
                .. NoiseEscape.Run(new() { Levels = [3], Runs = 50 }, seed, new Progress<double>(),
                    CancellationToken.None)[^1].Ends,
            ];
        Assert.Equal(of(7), of(7));
        Assert.NotEqual(of(7), of(8));
    }
}
