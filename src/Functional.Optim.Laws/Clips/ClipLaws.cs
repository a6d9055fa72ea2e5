using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;
using Functional.Optim.Kernels;

namespace Functional.Optim.Laws;

/// <summary>
/// The laws of a clip by norm, each a method that tries them on many small trees, in float and in double, and throws a
/// <see cref="LawException"/> with the smallest counterexample where they do not hold.
/// </summary>
public static class ClipLaws
{
    /// <summary>Checks every law.</summary>
    /// <param name="clip">The clip, without anything else.</param>
    /// <param name="maximum">The largest norm; positive and finite.</param>
    /// <param name="kind">Which norm.</param>
    /// <param name="leafByLeaf">Whether the norm is that of each leaf rather than of the tree.</param>
    /// <exception cref="LawException">The first law that does not hold.</exception>
    public static void All(Optimizer clip, double maximum, NormKind kind = NormKind.L2, bool leafByLeaf = false)
    {
        NormAtMost(clip, maximum, kind, leafByLeaf);
        Direction(clip, maximum, kind, leafByLeaf);
        Exactness(clip, maximum, kind, leafByLeaf);
        Idempotence(clip);
    }

    /// <summary>
    /// The norm after is not above the maximum, to rounding, and where it was above it, it is the maximum.
    /// </summary>
    /// <inheritdoc cref="All"/>
    public static void NormAtMost(
        Optimizer clip, double maximum, NormKind kind = NormKind.L2, bool leafByLeaf = false) =>
        Holds(clip, NormAtMost<float>, NormAtMost<double>, new Norm(maximum, kind, leafByLeaf));

    /// <summary>Where a clip is due, every element is u·c/‖u‖, to rounding.</summary>
    /// <inheritdoc cref="All"/>
    public static void Direction(
        Optimizer clip, double maximum, NormKind kind = NormKind.L2, bool leafByLeaf = false) =>
        Holds(clip, Direction<float>, Direction<double>, new Norm(maximum, kind, leafByLeaf));

    /// <summary>
    /// Clipping twice is clipping once: to the neighbouring number in float, and to four of them in double, where the
    /// norm is no more precise than what it scales.
    /// </summary>
    /// <param name="clip">The clip, by norm or by value, without anything else.</param>
    /// <exception cref="LawException">The law does not hold.</exception>
    public static void Idempotence(Optimizer clip) => Holds(clip, Idempotence<float>, Idempotence<double>, default);

    /// <summary>Where no clip is due, the update keeps its bits.</summary>
    /// <inheritdoc cref="All"/>
    public static void Exactness(
        Optimizer clip, double maximum, NormKind kind = NormKind.L2, bool leafByLeaf = false) =>
        Holds(clip, Exactness<float>, Exactness<double>, new Norm(maximum, kind, leafByLeaf));

    private static void NormAtMost<T>(Optimizer clip, Problem problem, Norm norm)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ParameterTree<T> gradients = problem.Gradients<T>(1), clipped = Clipped(clip, gradients);
        foreach (Leaf[] leaves in norm.Scopes(gradients.Layout))
        {
            double before = norm.Of(gradients, leaves), after = norm.Of(clipped, leaves);
            double least = before <= norm.Maximum ? 0 : norm.Maximum * (1 - (2 * norm.Rounding<T>(before)));
            Claim.That(
                after >= least && after <= norm.Maximum * (1 + norm.Rounding<T>(0)),
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"the norm was {before:R} and is {after:R}, where {norm.Maximum:R} is the maximum"));
        }
    }

    private static void Direction<T>(Optimizer clip, Problem problem, Norm norm)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ParameterTree<T> gradients = problem.Gradients<T>(1), clipped = Clipped(clip, gradients);
        foreach (Leaf[] leaves in norm.Scopes(gradients.Layout))
        {
            double before = norm.Of(gradients, leaves);
            if (before <= norm.Maximum) continue;
            Claim.Near("clipped", clipped, (leaf, index) =>
            {
                if (!leaves.Contains(leaf)) return (double.CreateTruncating(clipped.AsSpan(leaf)[index]), 0);
                double exact = double.CreateTruncating(gradients.AsSpan(leaf)[index]) / before * norm.Maximum;
                return (exact, (Math.Abs(exact) * 2 * norm.Rounding<T>(before)) + Norm.SmallestFloat);
            });
        }
    }

    private static void Idempotence<T>(Optimizer clip, Problem problem, Norm norm)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ParameterTree<T> once = Clipped(clip, problem.Gradients<T>(1));
        Claim.Near("clipped twice", Clipped(clip, once), (leaf, index) =>
        {
            T value = T.Abs(once.AsSpan(leaf)[index]);
            int neighbours = typeof(T) == typeof(float) ? 1 : 4;
            return (
                double.CreateTruncating(once.AsSpan(leaf)[index]),
                neighbours * double.CreateTruncating(T.BitIncrement(value) - value));
        });
    }

    private static void Exactness<T>(Optimizer clip, Problem problem, Norm norm)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ParameterTree<T> gradients = problem.Gradients<T>(1), clipped = Clipped(clip, gradients);
        foreach (Leaf[] leaves in norm.Scopes(gradients.Layout))
        {
            if (norm.Of(gradients, leaves) > norm.Maximum * (1 - norm.Rounding<T>(0))) continue;
            foreach (Leaf leaf in leaves)
                Claim.Same("with no clip due", leaf.Name, gradients.AsSpan(leaf), clipped.AsSpan(leaf));
        }
    }

    /// <summary>What the clip passes on: a step goes against it.</summary>
    private static ParameterTree<T> Clipped<T>(Optimizer clip, ParameterTree<T> gradients)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        clip.Update(gradients, gradients, clip.Init(gradients)).Deltas.Select(static delta => -delta);

    private static void Holds(
        Optimizer clip, Action<Optimizer, Problem, Norm> inFloat, Action<Optimizer, Problem, Norm> inDouble, Norm norm,
        [CallerMemberName] string law = "")
    {
        ArgumentNullException.ThrowIfNull(clip);
        Search.ForCounterexample(law, clip, "in float", problem => inFloat(clip, problem, norm), Problem.OfEachScale());
        Search.ForCounterexample(
            law, clip, "in double", problem => inDouble(clip, problem, norm), Problem.OfEachScale());
    }

    /// <summary>What is measured, of which leaves together, and the most it may be.</summary>
    private readonly record struct Norm(double Maximum, NormKind Kind, bool LeafByLeaf)
    {
        internal const double SmallestFloat = 1.4e-45;

        internal IEnumerable<Leaf[]> Scopes(TreeLayout layout) =>
            LeafByLeaf ? layout.Leaves.Select(leaf => (Leaf[])[leaf]) : [[.. layout.Leaves]];

        internal double Of<T>(ParameterTree<T> tree, Leaf[] leaves)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            double[] magnitudes =
            [
                .. leaves.SelectMany(leaf => tree.AsSpan(leaf).ToArray())
                    .Select(value => Math.Abs(double.CreateTruncating(value))),
            ];
            return Kind switch
            {
                NormKind.L1 => BlockReduction.Sum<double>(magnitudes),
                NormKind.Infinity => BlockReduction.MaxAbs<double>(magnitudes),
                _ => BlockReduction.Norm<double>(magnitudes),
            };
        }

        /// <summary>
        /// What rounding may do to a number or a norm, as a share of it: the distance of neighbours, a little for the
        /// sums, and more where the factor or an element falls below the smallest normal number.
        /// </summary>
        internal double Rounding<T>(double before)
            where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
            double.CreateTruncating(T.BitIncrement(T.One) - T.One) + 1e-15 + (1e-38 * before / Maximum);
    }
}
