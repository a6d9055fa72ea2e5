using Experiments;

namespace Functional.Optim.Samples.Tests.Experiments;

public sealed class L2VersusDecayTests
{
    private static readonly double[] Decays = [.. new L2VersusDecayOptions().Decays];

    private static readonly Dictionary<(string Optimizer, string Form, double Decay), L2VersusDecayRow> Rows =
        L2VersusDecay.Run(new(), seed: 1).ToDictionary(row => (row.Optimizer, row.Form, row.Decay));

    [Fact]
    public void For_gradient_descent_all_forms_are_one() => Assert.All(
        Rows.Values.Where(row => row.Optimizer == "SGD" && row.DistanceToPenalized is not null),
        row => Assert.InRange(row.DistanceToPenalized!.Value, 0, 1e-14));

    [Fact]
    public void For_Adam_the_two_forms_of_L2_are_one_and_decoupled_decay_is_another() => Assert.All(Decays, decay =>
    {
        Assert.InRange(Rows[("Adam", L2VersusDecay.InGradient, decay)].DistanceToPenalized!.Value, 0, 1e-12);
        Assert.InRange(Rows[("Adam", L2VersusDecay.Decoupled, decay)].DistanceToPenalized!.Value, decay / 10, decay);
    });

    [Fact]
    public void What_the_source_text_calls_decay_is_4e_3_from_AdamW() =>
        Assert.Equal(4e-3, Rows[("Adam", L2VersusDecay.Decoupled, 0.01)].DistanceToPenalized!.Value, 2e-4);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_penalty_moves_the_minimum_and_decoupled_decay_comes_back_from_its_detour(ulong seed)
    {
        Dictionary<(string Form, double Decay),
        L2VersusDecayRow> adam = L2VersusDecay.Run(new() { Decays = [1] }, seed)
            .Where(row => row.Optimizer == "Adam").ToDictionary(row => (row.Form, row.Decay));
        (L2VersusDecayRow none, L2VersusDecayRow penalized, L2VersusDecayRow decoupled) = (
            adam[(L2VersusDecay.None, 0)], adam[(L2VersusDecay.InLoss, 1)], adam[(L2VersusDecay.Decoupled, 1)]);
        Assert.True(penalized.LateNorm < 0.75 * none.LateNorm);
        Assert.True(decoupled.Norm < 0.95 * none.LateNorm);
        Assert.Equal(1, decoupled.LateNorm / none.LateNorm, 0.03);
    }

    [Fact]
    public void Gradient_descent_ends_at_the_solution_of_ridge_regression()
    {
        // With one weight and the curvature c of the error, the minimum with λ is c/(c + λ) of the one
        // without, whatever the data.
        Dictionary<double, double> norms =
            L2VersusDecay.Run(new() { Decays = [0.5, 1], Features = 1, Samples = 50 }, seed: 4)
            .Where(row => row.Optimizer == "SGD" && row.Form is L2VersusDecay.None or L2VersusDecay.Decoupled)
            .ToDictionary(row => row.Decay, row => row.LateNorm);
        double curvature = 0.5 / ((norms[0] / norms[0.5]) - 1);
        Assert.Equal(norms[0] * curvature / (curvature + 1), norms[1], 1e-12);
    }
}
