using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim.Tests.Kernels;

/// <summary>The span kernels beside their records, with the same settings.</summary>
internal static class SpanKernels<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>One update in place: t, θ, g and the slots.</summary>
    internal delegate void Kernel(long step, T[] theta, T[] gradient, T[][] slots);

    internal static readonly (string Name, Optimizer Optimizer, Kernel Kernel)[] All =
    [
        ("sgd", Sgd.Of(0.1, 0.9, 0.5, weightDecay: 0.1), (t, x, g, s) =>
            SgdKernel.Step<T>(new(0.1, 0.9, 0.5, L2: 0.1), t, x, g, s[0], x, s[0])),
        ("sgd without momentum", Sgd.Of(0.1), (t, x, g, s) => SgdKernel.Step<T>(new(0.1), t, x, g, default, x, default)),
        ("sgd, nesterov", Sgd.Of(0.1, 0.9, nesterov: true), (t, x, g, s) =>
            SgdKernel.Step<T>(new(0.1, 0.9, Nesterov: true), t, x, g, s[0], x, s[0])),
        ("adam", Adam.Of(0.1, 0.8, 0.9, 0.01, 0.1), (t, x, g, s) =>
            AdamKernel.Step<T>(new(0.1, 0.8, 0.9, 0.01, 0.1), t, x, g, s[0], s[1], x, s[0], s[1])),
        ("adam, defaults", Adam.Of(0.1), (t, x, g, s) => AdamKernel.Step<T>(new(0.1), t, x, g, s[0], s[1], x, s[0], s[1])),
        ("adam, uncorrected", Adam.Of(0.1, biasCorrection: false), (t, x, g, s) =>
            AdamKernel.Step<T>(new(0.1, BiasCorrection: false), t, x, g, s[0], s[1], x, s[0], s[1])),
        ("adam, amsgrad", Adam.Of(0.1, 0.8, 0.9, 0.01, 0.1) with { AmsGrad = AmsGrad.OfMoment }, (t, x, g, s) =>
            AdamKernel.Step<T>(new(0.1, 0.8, 0.9, 0.01, 0.1), t, x, g, s[0], s[1], s[2], x, s[0], s[1], s[2])),
        ("adamw", AdamW.Of(0.1, 0.8, 0.9, 0.01, 0.1), (t, x, g, s) =>
            AdamWKernel.Step<T>(new(0.1, 0.8, 0.9, 0.01, 0.1), t, x, g, s[0], s[1], x, s[0], s[1])),
        ("adamw, defaults", AdamW.Of(0.1), (t, x, g, s) => AdamWKernel.Step<T>(new(0.1), t, x, g, s[0], s[1], x, s[0], s[1])),
        ("adamw, amsgrad", AdamW.Of(0.1, 0.8, 0.9, 0.01, 0.1) with { AmsGrad = AmsGrad.OfMoment }, (t, x, g, s) =>
            AdamWKernel.Step<T>(new(0.1, 0.8, 0.9, 0.01, 0.1), t, x, g, s[0], s[1], s[2], x, s[0], s[1], s[2])),
        ("adagrad", Adagrad.Of(0.1, 0, 0.5, 0.2, 0.3, 0.1), (_, x, g, s) =>
            AdagradKernel.Step<T>(new(0.1, 0.2, 0.3, 0.1), x, g, s[0], x, s[0])),
        ("rmsprop", RmsProp.Of(0.1, 0.8, 0.2, 0.3, weightDecay: 0.1), (_, x, g, s) =>
            RmsPropKernel.Step<T>(new(0.1, 0.8, 0.2, 0.3, L2: 0.1), x, g, s[0], default, default, x, s[0], default, default)),
        ("rmsprop with momentum", RmsProp.Of(0.1, 0.8, momentum: 0.7), (_, x, g, s) =>
            RmsPropKernel.Step<T>(new(0.1, 0.8, Momentum: 0.7), x, g, s[0], default, s[1], x, s[0], default, s[1])),
        ("rmsprop, centered", RmsProp.Of(0.1, 0.8, 0.2, 0.3, true), (_, x, g, s) =>
            RmsPropKernel.Step<T>(new(0.1, 0.8, 0.2, 0.3, true), x, g, s[0], s[1], default, x, s[0], s[1], default)),
        ("rmsprop, centered, with momentum", RmsProp.Of(0.1, 0.8, centered: true, momentum: 0.7), (_, x, g, s) =>
            RmsPropKernel.Step<T>(new(0.1, 0.8, Centered: true, Momentum: 0.7), x, g, s[0], s[1], s[2], x, s[0], s[1], s[2])),
        ("adadelta", Adadelta.Of(0.1, 0.8, 0.01, 0.1), (_, x, g, s) =>
            AdadeltaKernel.Step<T>(new(0.1, 0.8, 0.01, 0.1), x, g, s[0], s[1], x, s[0], s[1])),
        ("adamax", Adamax.Of(0.1, 0.8, 0.9, 0.01, 0.1), (t, x, g, s) =>
            AdamaxKernel.Step<T>(new(0.1, 0.8, 0.9, 0.01, 0.1), t, x, g, s[0], s[1], x, s[0], s[1])),
        ("nadam", NAdam.Of(0.1, 0.8, 0.9, 0.01, 0.5, 0.1), (t, x, g, s) =>
            NAdamKernel.Step<T>(new(0.1, 0.8, 0.9, 0.01, 0.5, 0.1), t, x, g, s[0], s[1], x, s[0], s[1])),
        ("nadam, decoupled", NAdam.Of(0.1, weightDecay: 0.1, decoupledDecay: true, asTorchBefore2: true), (t, x, g, s) =>
            NAdamKernel.Step<T>(
                new(0.1, WeightDecay: 0.1, DecoupledDecay: true, AsTorchBefore2: true), t, x, g, s[0], s[1], x, s[0], s[1])),
        ("radam", RAdam.Of(0.1, 0.8, 0.9, 0.01, 4, 0.1), (t, x, g, s) =>
            RAdamKernel.Step<T>(new(0.1, 0.8, 0.9, 0.01, 4, 0.1), t, x, g, s[0], s[1], x, s[0], s[1])),
        ("radam, decoupled", RAdam.Of(0.1, 0.8, 0.9, weightDecay: 0.1, decoupledDecay: true), (t, x, g, s) =>
            RAdamKernel.Step<T>(new(0.1, 0.8, 0.9, WeightDecay: 0.1, DecoupledDecay: true), t, x, g, s[0], s[1], x, s[0], s[1])),
        ("rprop", Rprop.Of(0.2, 0.3, 1.5, 0.1, 0.3, 0.5, 0.1), (_, x, g, s) =>
            RpropKernel.Step<T>(new(0.5, 0.3, 1.5, 0.1, 0.3, 0.1), x, g, s[0], s[1], x, s[0], s[1])),
        ("asgd", Asgd.Of(0.1, 0.2, 0.5, 1, 0.1), (t, x, g, s) =>
            AsgdKernel.Step<T>(new(0.1, 0.2, 0.5, 1, 0.1), t, x, g, s[0], x, s[0])),
        ("lion", Lion.Of(0.1, 0.8, 0.9, 0.1), (_, x, g, s) =>
            LionKernel.Step<T>(new(0.1, 0.8, 0.9, 0.1), x, g, s[0], x, s[0])),
        ("adabelief", AdaBelief.Of(0.1, 0.8, 0.9, 0.01, 0.02, 0.1), (t, x, g, s) =>
            AdaBeliefKernel.Step<T>(new(0.1, 0.8, 0.9, 0.01, 0.02, 0.1), t, x, g, s[0], s[1], x, s[0], s[1])),
        ("adabelief, decoupled", AdaBelief.Of(0.1, weightDecay: 0.1, decoupledDecay: true), (t, x, g, s) =>
            AdaBeliefKernel.Step<T>(new(0.1, WeightDecay: 0.1, DecoupledDecay: true), t, x, g, s[0], s[1], x, s[0], s[1])),
        ("yogi", Yogi.Of(0.1, 0.8, 0.9, 0.01, 0.3, true, 0.1), (t, x, g, s) =>
            YogiKernel.Step<T>(new(0.1, 0.8, 0.9, 0.01, true, 0.1), t, x, g, s[0], s[1], x, s[0], s[1])),
    ];
}
