using System.Numerics;

namespace Functional.Optim.Laws;

public static partial class OptimizerLaws
{
    private static readonly LeafGroup Still = LeafGroup.Of("still", static _ => true, learningRateMultiplier: 0);

    /// <summary>With a learning rate of 0, as that of a group or behind all parts, no parameter changes its value.</summary>
    /// <param name="optimizer">The optimizer.</param>
    /// <exception cref="LawException">The law does not hold.</exception>
    public static void ZeroRate(Optimizer optimizer) => Holds(optimizer, ZeroRate<float>, ZeroRate<double>);

    private static void ZeroRate<T>(Optimizer optimizer, Problem problem)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Stays("with the rate 0 for every leaf", optimizer.WithGroups(Still));
        Stays("with the rate 0 behind it", optimizer.Then(LearningRate.Of(0)));

        void Stays(string what, Optimizer still)
        {
            ParameterTree<T> start = problem.Parameters<T>();
            Claim.Near(what, problem.After<T>(still).Parameters, (leaf, index) => (double.CreateTruncating(start.AsSpan(leaf)[index]), 0));
        }
    }

    private static string? ExemptionFromZeroRate(Optimizer optimizer) =>
        optimizer.Routes().All(route => route.Any(PartExtensions.HasRate)) ? null : "it has no learning rate";
}
