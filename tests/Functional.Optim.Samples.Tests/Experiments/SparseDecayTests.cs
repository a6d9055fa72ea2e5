using Experiments;

namespace Functional.Optim.Samples.Tests.Experiments;

public sealed class SparseDecayTests
{
    [Fact]
    public void The_first_update_with_L2_multiplies_by_0_99_whatever_the_strength() =>
        Assert.All(SparseDecay.Run(new())
            .Where(row => row.Step == 1), row => Assert.Equal(0.99, row.Penalized.Factor, 1e-6));

    [Theory]
    [InlineData(0.1, 0.999)]
    [InlineData(0.01, 0.9999)]
    [InlineData(0.001, 0.99999)]
    public void Every_update_of_AdamW_multiplies_by_the_exact_factor(double decay, double factor)
    {
        SparseDecayRow[] rows = [.. SparseDecay.Run(new() { Steps = 100 }).Where(row => row.Decay == decay)];
        Assert.All(rows, row => Assert.Equal(factor, row.Decoupled.Factor, 1e-15));
        Assert.All(rows, row => Assert.Equal(factor, row.ExactFactor, 1e-15));
        Assert.Equal(Math.Pow(factor, 100), rows[^1].Decoupled.Idle, 1e-12);
    }

    [Fact]
    public void With_a_gradient_the_decay_of_AdamW_pulls_and_L2_is_divided_away()
    {
        Assert.All(SparseDecay.Run(new()).Where(row => row.Step == 5), row =>
        {
            Assert.Equal(5 * 0.01 * row.Decay, row.Decoupled.Pull, 0.03 * 0.05 * row.Decay);
            Assert.True(Math.Abs(row.Penalized.Pull) < 0.01 * row.Decoupled.Pull);
        });
    }

    [Fact]
    public void Without_decay_nothing_happens_to_the_parameter_without_a_gradient() =>
        Assert.All(SparseDecay.Run(new() { Decays = [0] }), row => Assert.Equal(
            (new DecayedParameters(1, 1, 0), new DecayedParameters(1, 1, 0)), (row.Penalized, row.Decoupled)));
}
