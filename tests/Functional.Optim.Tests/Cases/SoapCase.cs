using System.Collections.Immutable;
using System.Text.Json;
using Functional.Optim.Tests.Golden;

namespace Functional.Optim.Tests.Cases;

/// <summary>The cases of <see cref="Soap"/>.</summary>
internal sealed class SoapCase : OptimizerCase
{
    public override string Entry => "soap";

    public override ImmutableArray<Variant> Variants =>
    [
        new("soap every update, one-sided, up", Soap.Of(0.01, frequency: 1, maxSize: 20, maximize: true)),
        new(
            "soap of vectors and merged dimensions, normalized",
            Soap.Of(0.01, mergeDimensions: true, vectorBases: true, biasCorrection: false, normalize: true)),
        new("soap every other update, without decay", Soap.Of(0.01, frequency: 2, weightDecay: 0)),
    ];

    public override ImmutableArray<PublishedGolden> Published =>
    [
        new("soap", golden => Theirs(golden.GetProperty("kwargs")))
        {
            Slots = [("exp_avg", "m"), ("exp_avg_sq", "v"), ("GG", "gram"), ("Q", "basis")],
            // The columns of a basis may have another sign, and m with them.
            SlotsUpToSign = ["m", "basis"],
            SlotRoundings = 1e5,
            AfterFirstStep = ("first_basis", "basis"),
        },
    ];

    public override ImmutableArray<(Func<Optimizer> Make, string Message)> Errors =>
    [
        (
            () => Soap.Of(-1, 1, -1, 2, -1, 0, 0, weightDecay: -1),
            "Soap: learningRate is -1; allowed is finite and not negative; beta1 is 1; allowed is in [0, 1); beta2 is "
            + "-1; allowed is in [0, 1); shampooBeta is 2; allowed is in [0, 1); epsilon is -1; allowed is finite and "
            + "not negative; frequency is 0; allowed is 1 or more; maxSize is 0; allowed is 1 or more; weightDecay is "
            + "-1; allowed is finite and not negative."),
    ];

    public override ImmutableArray<ConvergenceCase> Parabola =>
        [new("soap", Soap.Of(Schedule.Cosine(0.1, 1000), weightDecay: 0), 1000)];

    private static Soap Theirs(JsonElement options)
    {
        (double beta1, double beta2) = options.Pair("betas", (0.95, 0.95));
        double shampoo = options.Option("shampoo_beta", -1);
        return Soap.Of(
            options.Option("lr", 0.003), beta1, beta2, shampoo < 0 ? null : shampoo, options.Option("eps", 1e-8),
            (long)options.Option("precondition_frequency", 10), (int)options.Option("max_precond_dim", 10_000),
            options.Flag("merge_dims"), options.Flag("precondition_1d"),
            !options.TryGetProperty("correct_bias", out _) || options.Flag("correct_bias"),
            options.Flag("normalize_grads"), options.Option("weight_decay", 0.01));
    }
}
