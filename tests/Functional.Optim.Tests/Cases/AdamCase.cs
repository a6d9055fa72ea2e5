using System.Collections.Immutable;
using Functional.Optim.Tests.Golden;
using static Functional.Optim.Laws.OptimizerLaws;

namespace Functional.Optim.Tests.Cases;

/// <summary>The cases of <see cref="Adam"/>.</summary>
internal sealed class AdamCase : OptimizerCase
{
    public override string Entry => "adam";

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
