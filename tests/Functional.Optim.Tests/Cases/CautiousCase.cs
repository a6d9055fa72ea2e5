using System.Collections.Immutable;
using System.Text.Json;
using Functional.Optim.Tests.Golden;
using static Functional.Optim.Laws.OptimizerLaws;

namespace Functional.Optim.Tests.Cases;

/// <summary>The cases of <see cref="Cautious"/>.</summary>
internal sealed class CautiousCase : OptimizerCase
{
    public override string Entry => "cautious";

    public override ImmutableArray<string> Keeps => [nameof(BiasCorrection)];

    public override ImmutableArray<Variant> Variants =>
    [
        new("cautious adamw", Masked(Adam.Scaling(), 0.01, 0.1)),
        new(
            "cautious lion after a clip, up",
            Clip.ByGlobalNorm(1).Then(Masked(
                Scale.By(-1).Then(Lion.Scaling()), 0.01, 0.1, Cautious.Of(CautiousForm.CountPlusOne, maximize: true)))),
    ];

    public override ImmutableArray<PublishedGolden> Published =>
    [
        new("cautious_adamw", golden => TimmsAdamW(golden.GetProperty("kwargs")))
        {
            Slots = [("exp_avg", "m"), ("exp_avg_sq", "v"), ("max_exp_avg_sq", "maximum v")],
        },
        new("cautious_lion", golden => golden.GetProperty("source").GetInt32() == 0
            ? TimmsLion(golden.GetProperty("kwargs"))
            : AuthorsLion(golden.GetProperty("kwargs")))
        {
            Slots = [("exp_avg", "m")],
        },
    ];

    public override ImmutableArray<ConvergenceCase> Parabola =>
        [new("cautious adamw", Masked(Adam.Scaling(), 0.1, 0), 530)];

    /// <summary>Moments, the mask, a decay and a rate.</summary>
    internal static Optimizer Masked(Optimizer moments, Schedule rate, double decay, Cautious? mask = null) => moments
        .Then(mask ?? Cautious.Of()).Then(WeightDecay.Decoupled(decay)).Then(LearningRate.Of(rate));

    private static Optimizer TimmsAdamW(JsonElement options)
    {
        (double beta1, double beta2) = options.Pair("betas", (0.9, 0.999));
        AmsGrad amsGrad = options.Flag("amsgrad") ? AmsGrad.OfMoment : AmsGrad.Off;
        return Timms(
            options, Adam.Scaling(beta1, beta2, options.Option("eps", 1e-8), amsGrad: amsGrad), 1e-3, 0.01);
    }

    private static Optimizer TimmsLion(JsonElement options)
    {
        (double beta1, double beta2) = options.Pair("betas", (0.9, 0.99));
        return Timms(options, Lion.Scaling(beta1, beta2), 1e-4, 0);
    }

    private static Optimizer Timms(JsonElement options, Optimizer moments, double rate, double decay)
    {
        bool maximize = options.Flag("maximize");
        return Masked(
            maximize ? Scale.By(-1).Then(moments) : moments, options.Option("lr", rate),
            options.Option("weight_decay", decay), Cautious.Of(maximize: maximize));
    }

    private static Optimizer AuthorsLion(JsonElement options)
    {
        (double beta1, double beta2) = options.Pair("betas", (0.95, 0.98));
        return Masked(
            Lion.Scaling(beta1, beta2), options.Option("lr", 1e-4), options.Option("weight_decay", 0),
            Cautious.Of(CautiousForm.CountPlusOne));
    }
}
