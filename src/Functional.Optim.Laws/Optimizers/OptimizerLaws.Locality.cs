using System.Numerics;

namespace Functional.Optim.Laws;

public static partial class OptimizerLaws
{
    /// <summary>
    /// A gradient that is not a number spoils its own parameter and no other; a frozen one not even that.
    /// </summary>
    /// <param name="optimizer">The optimizer.</param>
    /// <exception cref="LawException">The law does not hold.</exception>
    public static void Locality(Optimizer optimizer) => Holds(optimizer, Locality<float>, Locality<double>);

    private static void Locality<T>(Optimizer optimizer, Problem problem)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Problem spoiled = problem.Select((_, which, values) =>
            which == 1 ? [.. values.Select((value, index) => IsSpoiled(index) ? double.NaN : value)] : values);
        ParameterTree<T> expected = problem.After<T>(optimizer).Parameters,
            actual = spoiled.After<T>(optimizer).Parameters;
        foreach (Leaf leaf in expected.Layout.Leaves)
        {
            for (int index = 0; index < leaf.Length; index++)
            {
                T value = IsSpoiled(index) && !optimizer.IsFrozen(leaf) ? T.NaN : expected.AsSpan(leaf)[index];
                if (!value.Equals(actual.AsSpan(leaf)[index]))
                    throw Claim.Differences(
                        "with NaN in every third gradient", leaf.Name, index, value, actual.AsSpan(leaf)[index]);
            }
        }

        static bool IsSpoiled(int index) => index % 3 == 1;
    }

    private static string? ExemptionFromLocality(Optimizer optimizer) =>
        optimizer.SchemaFor(Problem.Sample.Parameters<float>().Layout, null).SlotFormats.Any(StateFormats.HasBlocks)
            ? "a block of its state with a NaN becomes NaN"
            : optimizer.OpenedTransforms()
                .FirstOrDefault(part => part.NeedsStatistics || part.TransformsLeaves) is { } part
                ? $"{part} looks at more than one element"
                : null;
}
