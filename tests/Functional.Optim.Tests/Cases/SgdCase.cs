using System.Collections.Immutable;
using Functional.Optim.Tests.Golden;
using Functional.Optim.Tests.Precision;
using static Functional.Optim.Laws.OptimizerLaws;
using static Functional.Optim.Tests.Precision.Exact;

namespace Functional.Optim.Tests.Cases;

/// <summary>The cases of <see cref="Sgd"/>.</summary>
internal sealed class SgdCase : OptimizerCase
{
    public override string Entry => "sgd";

    public override ImmutableArray<ExactFormula> Exact =>
    [
        new("Sgd with momentum", Sgd.Of(ExactFormula.Rate, momentum: 0.9), [0],
            (_, theta, g, slots) =>
                theta - (ExactRate * (slots[0] = (Of(0.9) * slots[0]) + g)),
            (20, 5), (20, 2)),
    ];

    public override ImmutableArray<string> Keeps => [nameof(BiasCorrection)];

    public override ImmutableArray<Variant> Variants =>
    [
        new("sgd with L2", Sgd.Of(0.1, weightDecay: 0.1)),
        new("sgd at two rates", Sgd.Of(0.1).Then(LearningRate.Of(0.5))) { Keeps = [nameof(BiasCorrection)] },
        new("sgd with momentum", Sgd.Of(0.1, momentum: 0.9)),
        new("dampened", Sgd.Of(0.1, momentum: 0.9, dampening: 0.5)),
        new("nesterov", Sgd.Of(0.1, momentum: 0.9, nesterov: true)),
    ];

    public override TorchGolden Torch => new("sgd", options => Sgd.Of(
        options.Option("lr"), options.Option("momentum", 0), options.Option("dampening", 0), options.Flag("nesterov"),
        options.Option("weight_decay", 0), maximize: options.Flag("maximize")))
    {
        Slots = [("momentum_buffer", "momentum")],
    };

    public override ImmutableArray<ConvergenceCase> Parabola =>
    [
        new("sgd", Sgd.Of(0.1), 80),
        new("momentum", Sgd.Of(0.02, momentum: 0.9), 340),
        new("nesterov", Sgd.Of(0.02, momentum: 0.9, nesterov: true), 240),
    ];

    public override ImmutableArray<ConvergenceCase> Valley =>
    [
        new("momentum", Sgd.Of(0.001, momentum: 0.9), 3500),
    ];
}
