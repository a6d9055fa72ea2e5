using Experiments;

namespace Functional.Optim.Samples.Tests.Experiments;

public sealed class LandscapeTests
{
    private static readonly Dictionary<(string Surface, string Optimizer), LandscapeRow> Rows =
        Landscape.Run(new()).ToDictionary(row => (row.Surface.Name, row.Optimizer));

    [Fact]
    public void The_source_texts_lower_rates_converge_and_its_higher_run_off_the_axes()
    {
        LandscapeRow[] rows = [.. Landscape.SourceText()];
        Assert.Equal([false, false, true, true], rows.Select(row => row.Diverges));
        Assert.Equal([0.1, 0.3, 0.5, 0.7], rows.Select(row => row.Rate));
        Assert.True(rows[1].ArrivedAt < rows[0].ArrivedAt);
        Assert.Equal(9e9, rows[3].FinalDistance, 0.1e9);
    }

    [Fact]
    public void Nothing_diverges_and_all_but_plain_and_decaying_descent_arrive_everywhere()
    {
        Assert.All(Rows.Values, row => Assert.False(row.Diverges));
        Assert.All(
            Rows.Values.Where(row => row.Optimizer is "momentum" or "Nesterov" or "Adam"),
            row => Assert.True(row.ArrivedAt is not null && row.FinalDistance < 0.01,
                $"{row.Optimizer} on {row.Surface.Name}"));
        Assert.Null(Rows[(Surface.Rosenbrock.Name, "SGD")].ArrivedAt);
    }

    [Fact]
    public void Decay_moves_the_end_off_a_minimum_that_is_not_zero()
    {
        Assert.True(Rows[(Surface.Quadratic.Name, "AdamW")].FinalDistance < 1e-9);
        Assert.All(
            (Surface[])[Surface.Rosenbrock, Surface.Beale],
            surface => Assert.True(Rows[(surface.Name, "AdamW")].FinalDistance > 100
                * Rows[(surface.Name, "Adam")].FinalDistance));
    }

    [Theory]
    [InlineData("weight-decay", "0", false)]
    [InlineData("steps", "50", false)]
    [InlineData("scale", "1000", false)]
    [InlineData("weight-decay", "0.1", true)]
    public void The_finding_blames_the_decay_only_where_Adam_without_it_arrives(
        string setting, string value, bool blames)
    {
        string finding = Landscape.Experiment.Prepare(
            new Dictionary<string, string> { [setting] = value }).OrThrow("it")
            .Run(1, new Progress<double>(), CancellationToken.None).Report.Finding;
        Assert.Equal(blames, finding.Contains(" AdamW, whose decay ", StringComparison.Ordinal));
    }

    [Fact]
    public void On_Himmelblaus_function_the_optimizers_end_in_different_minima() =>
        Assert.NotEqual(Rows[(Surface.Himmelblau.Name, "SGD")].Nearest,
            Rows[(Surface.Himmelblau.Name, "Adam")].Nearest);
}
