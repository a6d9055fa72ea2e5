using System.Numerics;

namespace Functional.Optim.Laws;

public static partial class OptimizerLaws
{
    /// <summary>
    /// With a learning rate of 0, as that of every leaf or after all transforms, no parameter changes its value, where
    /// the update is finite.
    /// </summary>
    /// <param name="optimizer">The optimizer.</param>
    /// <exception cref="LawException">The law does not hold.</exception>
    public static void ZeroRate(Optimizer optimizer) => Holds(optimizer, ZeroRate<float>, ZeroRate<double>);

    private static void ZeroRate<T>(Optimizer optimizer, Problem problem)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ParameterTree<T> moved = problem.After<T>(optimizer).Parameters;
        if (BehindTheRate(optimizer).FirstToMoveByItself() is null)
            Stays("with the rate 0 for every leaf", optimizer.WithRate(0));
        Stays("with the rate 0 after it", optimizer.Then(LearningRate.Of(0)));

        void Stays(string what, Optimizer still)
        {
            ParameterTree<T> start = problem.Parameters<T>();
            Claim.Near(what, problem.After<T>(still).Parameters, (leaf, index) => (
                double.CreateTruncating(start.AsSpan(leaf)[index]),
                T.IsFinite(moved.AsSpan(leaf)[index]) ? 0 : double.NaN));
        }
    }

    /// <summary>The transforms that see an update that has been multiplied by its last rate.</summary>
    private static IEnumerable<Transform> BehindTheRate(Optimizer optimizer) =>
        optimizer.LeafPlans().SelectMany(leafPlan => leafPlan.Reverse().TakeWhile(part => !part.HasRate()));

    private static string? ExemptionFromZeroRate(Optimizer optimizer) =>
        optimizer.LeafPlans().All(leafPlan => leafPlan.Any(TransformExtensions.HasRate))
            ? optimizer.OpenedTransforms().OfType<BFloat16Parameters>().Any() ? "it rounds the parameters" : null
            : "it has no learning rate";
}
