using System.Collections.Immutable;
using System.Text.Json;
using Functional.Optim.Tests.Golden;
using static Functional.Optim.Laws.OptimizerLaws;

namespace Functional.Optim.Tests.Cases;

/// <summary>The cases of <see cref="NorMuon"/>.</summary>
internal sealed class NorMuonCase : OptimizerCase
{
    public override string Entry => "norMuon";

    public override ImmutableArray<string> Keeps => [nameof(BoundedStep)];

    public override Optimizer ForAllLeaves(Optimizer optimizer) => ForMatrices(optimizer, Lion.Of(0.1));

    public override ImmutableArray<Variant> Variants =>
    [
        new(
            "norMuon with Nesterov as torch divides",
            ForAllLeaves(NorMuon.Of(
                0.1, beta2: 0.5, nesterov: true, variant: NewtonSchulzVariant.Torch, scale: MatrixScale.MatchRms)))
        {
            Keeps = [nameof(ScaleInvariance)],
        },
    ];

    public override ImmutableArray<PublishedGolden> Published =>
    [
        new("normuon", golden => Dions(golden.GetProperty("kwargs")))
        {
            Slots = [("momentum", "momentum"), ("variance_neuron", "v")],
        },
    ];

    public override ImmutableArray<(Func<Optimizer> Make, string Message)> Errors =>
    [
        (
            () => NorMuon.Of(-1, 1, 1, steps: 4, coefficients: [1, 2], epsilon: -1, weightDecay: -1),
            "NorMuon: learningRate is -1; allowed is finite and not negative; momentum is 1; allowed is in [0, 1); "
            + "beta2 is 1; allowed is in [0, 1); coefficients is 1, 2; allowed is three finite numbers for each "
            + "polynomial; steps is 4; allowed is 5 or more; epsilon is -1; allowed is finite and not negative; "
            + "weightDecay is -1; allowed is finite and not negative."),
        (
            () => NorMuon.Of(1, 0, nesterov: true),
            "NorMuon: nesterov is True; allowed is false without momentum or with dampening."),
    ];

    private static NorMuon Dions(JsonElement options) => NorMuon.Of(
        options.Option("lr", 0.01), options.Option("mu", 0.95), options.Option("muon_beta2", 0.95),
        options.Flag("nesterov"), epsilon: options.Option("epsilon", 1e-8),
        scale: options.TryGetProperty("adjust_lr", out JsonElement scale)
            ? ScaleOf(scale.GetString())
            : MatrixScale.Spectral,
        weightDecay: options.Option("weight_decay", 0.01),
        decayForm: options.Flag("cautious_wd") ? DecayForm.Cautious : DecayForm.Scaled);

    private static MatrixScale ScaleOf(string? name) => name switch
    {
        "spectral_norm" => MatrixScale.Spectral, "rms_norm" => MatrixScale.MatchRms, _ => MatrixScale.None,
    };
}
