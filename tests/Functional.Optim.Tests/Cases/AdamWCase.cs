using System.Collections.Immutable;
using Functional.Optim.Tests.Golden;
using Functional.Optim.Tests.Precision;
using static Functional.Optim.Tests.Cases.FormulaCase;
using static Functional.Optim.Tests.Precision.Exact;

namespace Functional.Optim.Tests.Cases;

/// <summary>The cases of <see cref="AdamW"/>.</summary>
internal sealed class AdamWCase : OptimizerCase
{
    public override string Entry => "adamW";

    public override ImmutableArray<ExactFormula> Exact =>
    [
        new("AdamW", AdamW.Of(ExactFormula.Rate), [0, 0],
            (step, theta, g, slots) => theta - (ExactRate * (AdamMove(step, g, slots) + (Of(0.01) * theta))),
            (20, 15), (20, 20)),
    ];

    public override ImmutableArray<Variant> Variants =>
    [
        new(
            "adamw with a schedule, for matrices",
            AdamW.Of(Schedule.WarmupCosine(0.01, 5, 20, 0.001), weightDecay: 0.1, decay: Matrices)),
        new("adamw with Optax's amsgrad, up", AdamW.Of(0.01, amsGrad: AmsGrad.OfCorrectedMoment, maximize: true)),
        new("adamw in 16 bits", AdamW.Of(0.01, weightDecay: 0.1).WithState(StateFormat.BFloat16)),
        new("adamw in float8", AdamW.Of(0.01, weightDecay: 0.1, decay: Matrices).WithState(StateFormat.Float8)),
        new("adamw in int8", AdamW.Of(0.01, weightDecay: 0.1).WithState(StateFormat.Int8)),
        new(
            "adamw with cautious decay, for matrices",
            AdamW.Of(0.01, weightDecay: 0.5, decay: Matrices, decayForm: DecayForm.Cautious)),
        new(
            "adamw with independent decay",
            AdamW.Of(Schedule.Cosine(0.1, 10), weightDecay: 0.01, decayForm: DecayForm.Independent)),
    ];

    public override ImmutableArray<FormulaCase> Formulas =>
    [
        new("adamw with cautious decay", Formed(DecayForm.Cautious), [0, 0], (t, theta, g, s) =>
        {
            double u = Direction(t, g, s);
            return theta - (Rate * (u + (u * theta >= 0 ? Decay * theta : 0)));
        }),
        new("adamw with independent decay", Formed(DecayForm.Independent), [0, 0], (t, theta, g, s) =>
            theta - (Rate * Direction(t, g, s)) - (Decay * theta)),
    ];

    public override ImmutableArray<(Func<Optimizer> Make, string Message)> Errors =>
    [
        (() => AdamW.Of(1, decayForm: (DecayForm)7),
            "AdamW: decayForm is 7; allowed is Scaled, Cautious, Corrected, Independent."),
    ];

    public override TorchGolden Torch => new("adamw", options => AdamW.Of(
        options.Option("lr"), options.Pair("betas", (0.9, 0.999)).First, options.Pair("betas", (0.9, 0.999)).Second,
        options.Option("eps", 1e-8), options.Option("weight_decay", 0.01),
        amsGrad: options.Flag("amsgrad") ? AmsGrad.OfMoment : AmsGrad.Off, maximize: options.Flag("maximize")))
    {
        Slots = [("exp_avg", "m"), ("exp_avg_sq", "v"), ("max_exp_avg_sq", "maximum v")],
        // torch multiplies θ by a rounded 1 − η·λ at every step; that rounding, up to a quarter of an epsilon, repeats.
        ExtraRounding = 0.25,
    };

    public override ImmutableArray<ConvergenceCase> Parabola =>
    [
        new("adamw", AdamW.Of(0.1, weightDecay: 0), 530),
    ];

    public override ImmutableArray<Optimizer> WithoutEpsilon => [AdamW.Of(0.1, epsilon: 0, weightDecay: 0)];

    public override ImmutableArray<Optimizer> CountingUpdates => [AdamW.Of(1e-3, weightDecay: 0)];

    private static AdamW Formed(DecayForm form) =>
        AdamW.Of(Rate, 0.7, 0.8, 0.1, Decay, decayForm: form);

    private static double Direction(long t, double g, Span<double> s)
    {
        s[0] = (0.7 * s[0]) + (0.3 * g);
        s[1] = (0.8 * s[1]) + (0.2 * g * g);
        return s[0] / (1 - Math.Pow(0.7, t)) / (Math.Sqrt(s[1] / (1 - Math.Pow(0.8, t))) + 0.1);
    }
}
