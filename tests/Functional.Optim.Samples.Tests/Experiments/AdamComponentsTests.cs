using Experiments;

namespace Functional.Optim.Samples.Tests.Experiments;

public sealed class AdamComponentsTests
{
    private static readonly Dictionary<(string Optimizer, double Rate), AdamComponentsRow> Rows =
        AdamComponents.Run(new()).ToDictionary(row => (row.Optimizer, row.Rate));

    [Theory]
    [InlineData("SGD", 8100.26)]
    [InlineData("momentum", 0.036)]
    [InlineData("Adam", 6453)]
    [InlineData("Adam, uncorrected", 2322)]
    public void On_its_own_parameters_each_has_its_own_loss_before_the_hundredth_update(
        string optimizer, double loss) =>
        Assert.Equal(1, Rows[(optimizer, 0.01)].Losses[99] / loss, 1e-3);

    [Fact]
    public void Gradient_descent_jumps_across_the_valley_at_its_critical_rate_and_diverges_above()
    {
        Assert.All(
            AdamComponents.Run(new() { Rates = [0.0099, 0.01, 0.0101], Steps = 2000 })
                .Where(row => row.Optimizer == "SGD"),
            row =>
                Assert.True(row.Rate switch { 0.0099 => row.FinalLoss < 1e-9,
                    0.01 => Math.Abs(row.FinalLoss - 8100) < 1, _ => row.Diverges }));
    }

    [Fact]
    public void The_order_depends_on_the_rate()
    {
        Assert.True(Rows[("momentum", 0.01)].LateLoss < Rows[("Adam", 0.01)].LateLoss);
        Assert.True(Rows[("momentum", 0.1)].Diverges && Rows[("momentum", 1)].Diverges);
        Assert.True(Rows[("Adam", 1)].LateLoss < Rows[("Adam", 0.1)].LateLoss);
        Assert.All((double[])[0.001, 0.01, 0.1],
            rate => Assert.True(Rows[("Adam, uncorrected", rate)].FinalLoss < Rows[("Adam", rate)].FinalLoss));
    }
}
