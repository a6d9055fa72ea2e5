using System.Collections.Immutable;
using System.Text.Json;
using Functional.Optim.Tests.Golden;
using static Functional.Optim.Laws.OptimizerLaws;

namespace Functional.Optim.Tests.Cases;

/// <summary>The cases of <see cref="Muon"/>.</summary>
internal sealed class MuonCase : OptimizerCase
{
    public override string Entry => "muon";

    public override ImmutableArray<string> Keeps => [nameof(ScaleInvariance), nameof(BoundedStep)];

    public override Optimizer ForAllLeaves(Optimizer optimizer) => ForMatrices(optimizer, Lion.Of(0.1));

    public override ImmutableArray<Variant> Variants =>
    [
        new("muon by coefficients", ForAllLeaves(Muon.Of(0.1, coefficients: [2, -1.5, 0.5], weightDecay: 0.1)))
        {
            Keeps = Keeps,
        },
    ];

    public override ImmutableArray<PublishedGolden> Published =>
    [
        new("muon", golden => Theirs(golden.GetProperty("source").GetInt32(), golden.GetProperty("kwargs")))
        {
            Slots = [("momentum_buffer", "mean")],
            SlotRoundings = 80,
        },
    ];

    /// <summary>Jordan's, torch's and that of modded-nanogpt, by the number of the source.</summary>
    private static Muon Theirs(int source, JsonElement options)
    {
        bool isTorchs = source == 1;
        NewtonSchulzVariant variant = source switch
        {
            0 => NewtonSchulzVariant.Jordan, 1 => NewtonSchulzVariant.Torch, _ => NewtonSchulzVariant.PolarExpress,
        };
        bool matchesRms = options.TryGetProperty("adjust_lr_fn", out JsonElement adjusted)
            && adjusted.GetString() == "match_rms_adamw";
        bool nesterov = !options.TryGetProperty("nesterov", out _) || options.Flag("nesterov");
        return Muon.Of(
            options.Option("lr", isTorchs ? 0.001 : 0.02), options.Option("momentum", 0.95), nesterov, variant,
            (int)options.Option("ns_steps", 5), matchesRms ? MatrixScale.MatchRms : MatrixScale.Original,
            options.TryGetProperty("ns_coefficients", out JsonElement given) ? given.Numbers() : null,
            options.TryGetProperty("eps", out JsonElement epsilon) ? epsilon.Number() : null,
            options.Option("weight_decay", isTorchs ? 0.1 : 0));
    }
}
