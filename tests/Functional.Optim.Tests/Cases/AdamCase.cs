using System.Collections.Immutable;
using Functional.Optim.Tests.Golden;
using Functional.Optim.Tests.Precision;
using static Functional.Optim.Laws.OptimizerLaws;
using static Functional.Optim.Tests.Precision.Exact;

namespace Functional.Optim.Tests.Cases;

/// <summary>The cases of <see cref="Adam"/>.</summary>
internal sealed class AdamCase : OptimizerCase
{
    public override string Entry => "adam";

    public override ImmutableArray<ExactFormula> Exact =>
    [
        new("Adam", Adam.Of(ExactFormula.Rate), [0, 0],
            (step, theta, g, slots) => theta - (ExactRate * AdamMove(step, g, slots)),
            (40, 15), (30, 20)),
        new("Adam, β₂ = 0.99999", Adam.Of(ExactFormula.Rate, beta2: 0.99999), [0, 0],
            (step, theta, g, slots) => theta - (ExactRate * AdamMove(step, g, slots, 0.99999)),
            (15, 20), (40, 15)),
        new("Adam with AMSGrad", Adam.Of(ExactFormula.Rate, amsGrad: AmsGrad.OfMoment), [0, 0, 0],
            (step, theta, g, slots) =>
            {
                decimal m = Mean(ref slots[0], 0.9, g);
                slots[2] = Math.Max(slots[2], Mean(ref slots[1], 0.999, g * g));
                decimal root = Sqrt(Corrected(slots[2], 0.999, step));
                return theta - (ExactRate * Corrected(m, 0.9, step) / (root + Of(1e-8)));
            },
            (40, 15), (30, 20)),
    ];

    public override ImmutableArray<string> Keeps => [nameof(BiasCorrection)];

    public override ImmutableArray<Variant> Variants =>
    [
        new("adam with L2", Adam.Of(0.01, weightDecay: 0.1)),
        new("adam without bias correction", Adam.Of(0.01, biasCorrection: false)),
        new("amsgrad", Adam.Of(0.01, amsGrad: AmsGrad.OfMoment)) { Keeps = [nameof(BiasCorrection)] },
    ];

    public override TorchGolden Torch => new("adam", options => Adam.Of(
        options.Option("lr"), options.Pair("betas", (0.9, 0.999)).First, options.Pair("betas", (0.9, 0.999)).Second,
        options.Option("eps", 1e-8), options.Option("weight_decay", 0),
        amsGrad: options.Flag("amsgrad") ? AmsGrad.OfMoment : AmsGrad.Off, maximize: options.Flag("maximize")))
    {
        Slots = [("exp_avg", "m"), ("exp_avg_sq", "v"), ("max_exp_avg_sq", "maximum v")],
    };

    public override ImmutableArray<ConvergenceCase> Parabola =>
    [
        new("adam", Adam.Of(0.1), 530),
        new("amsgrad", Adam.Of(0.1, amsGrad: AmsGrad.OfMoment), 550),
    ];

    public override ImmutableArray<ConvergenceCase> Valley =>
    [
        new("adam", Adam.Of(Schedule.WarmupCosine(0.02, 1, 10_000)), 5000),
    ];

    public override ImmutableArray<Optimizer> WithoutEpsilon =>
    [
        Adam.Of(0.1, epsilon: 0),
        Adam.Of(0.1, epsilon: 0, amsGrad: AmsGrad.OfMoment),
    ];

    public override ImmutableArray<Optimizer> WithMeanOfSquares => [Adam.Of(0.1)];

    public override ImmutableArray<Optimizer> CountingUpdates => [Adam.Of(1e-3)];
}
