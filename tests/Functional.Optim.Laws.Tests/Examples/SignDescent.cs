using System.Collections.Immutable;
using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim.Laws.Tests;

/// <summary>
/// An optimizer with one rule, as a user writes it: θ' = θ − η·(sign(m) + …), with the rule of <see cref="SignOfMean"/>.
/// </summary>
public sealed record SignDescent : ElementwiseOptimizer
{
    public double Beta { get; init => field = Bounds.HalfOpenUnitInterval.Check(value); } = 0.9;

    public static CatalogueEntry<Optimizer> Entry { get; } = CatalogueEntry.Of(
        "signDescent", "the sign of the mean of the gradients", () => Of(1),
        at => Of(
            at.LearningRate(), at.Real("beta", "β, how much of the mean is kept", of => of.Beta), at.WeightDecay()));

    protected override ImmutableArray<string> ScalingSlots => ["m"];

    public static SignDescent Of(Schedule learningRate, double beta = 0.9, Schedule? weightDecay = null) =>
        new() { LearningRate = learningRate, Beta = beta, WeightDecay = weightDecay ?? 0 };

    protected override void AddScaling<T, TFirst>(in TFirst first, ref RulePass<T> pass) =>
        pass.Add(first, new SignOfMeanRule<T>(Beta));
}
