using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Functional.Optim.Laws;

/// <summary>What a law says of two values; where it is not so, the exception has both.</summary>
internal static class Claim
{
    internal static void That(bool holds, string otherwise)
    {
        if (!holds) throw new BrokenClaimException(otherwise);
    }

    /// <summary>
    /// Every number has the same bits; a NaN is as good as another, for which of them an operation gives is up to the
    /// processor.
    /// </summary>
    internal static void Same<T>(string what, string leaf, ReadOnlySpan<T> expected, ReadOnlySpan<T> actual)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (int from = 0; from < expected.Length; from++)
        {
            from += MemoryMarshal.AsBytes(expected[from..])
                .CommonPrefixLength(MemoryMarshal.AsBytes(actual[from..])) / Unsafe.SizeOf<T>();
            if (from < expected.Length && !(T.IsNaN(expected[from]) && T.IsNaN(actual[from])))
                throw Differences(what, leaf, from, expected[from], actual[from]);
        }
    }

    /// <inheritdoc cref="Same{T}(string, string, ReadOnlySpan{T}, ReadOnlySpan{T})"/>
    internal static void Same<T>(string what, ParameterTree<T> expected, ParameterTree<T> actual)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        That(
            expected.Layout.Equals(actual.Layout),
            $"{what}: the leaves are {actual.Layout} where {expected.Layout} are expected");
        foreach (Leaf leaf in expected.Layout.Leaves) Same(what, leaf.Name, expected.AsSpan(leaf), actual.AsSpan(leaf));
    }

    /// <summary>Every number of a leaf has the same bits, in the parameters and in the state.</summary>
    internal static void Same<T>(
        string what,
        string leaf,
        (ParameterTree<T> Parameters, OptimizerState<T> State) expected,
        (ParameterTree<T> Parameters, OptimizerState<T> State) actual)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Same($"{what}, the parameters", leaf, expected.Parameters.AsSpan(leaf), actual.Parameters.AsSpan(leaf));
        for (int slot = 0; slot < expected.State.SlotCount; slot++)
            Same(
                $"{what}, {NameOf(expected.State, slot)}", leaf, Of(expected.State[slot], leaf),
                Of(actual.State[slot], leaf));
    }

    /// <summary>Every number of parameters and state has the same bits.</summary>
    internal static void Same<T>(
        string what,
        (ParameterTree<T> Parameters, OptimizerState<T> State) expected,
        (ParameterTree<T> Parameters, OptimizerState<T> State) actual)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Same($"{what}, the parameters", expected.Parameters, actual.Parameters);
        Same(what, expected.State, actual.State);
    }

    /// <inheritdoc cref="Same{T}(string, string, ReadOnlySpan{T}, ReadOnlySpan{T})"/>
    internal static void Same<T>(string what, OptimizerState<T> expected, OptimizerState<T> actual)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        That(
            expected.SlotCount == actual.SlotCount,
            $"{what}: there are {actual.SlotCount} slots where {expected.SlotCount} are expected");
        for (int slot = 0; slot < expected.SlotCount; slot++)
            Same($"{what}, {NameOf(expected, slot)}", expected[slot], actual[slot]);
        foreach (string scalar in expected.ScalarNames)
            Same<double>($"{what}, the scalars", scalar, [expected.Scalar(scalar)], [actual.Scalar(scalar)]);
        That(
            (expected.Step, expected.Counters) == (actual.Step, actual.Counters),
            $"{what}: the counts are {Counts(actual)} where {Counts(expected)} are expected");
    }

    /// <summary>
    /// Every number lies within a tolerance, which may depend on the number, of what is expected; where the tolerance
    /// is NaN, anything is right.
    /// </summary>
    internal static void Near<T>(
        string what, ParameterTree<T> actual, Func<Leaf, int, (double Expected, double Tolerance)> expected)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        foreach (Leaf leaf in actual.Layout.Leaves)
        {
            for (int index = 0; index < leaf.Length; index++)
            {
                (double number, double tolerance) = expected(leaf, index);
                double value = double.CreateTruncating(actual.AsSpan(leaf)[index]);
                if (value.Equals(number) || double.IsNaN(tolerance) || Math.Abs(value - number) <= tolerance) continue;
                throw Differences(
                    what, leaf.Name, index, number, value,
                    tolerance == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" ± {tolerance:R}"));
            }
        }
    }

    internal static BrokenClaimException Differences<T>(
        string what, string leaf, int index, T expected, T actual, string margin = "")
        where T : IBinaryFloatingPointIeee754<T> => new(string.Create(
            CultureInfo.InvariantCulture,
            $"{what}: {leaf}[{index}] is {actual:R} where {expected:R}{margin} is expected"));

    /// <summary>The numbers of a leaf; none where a slot does not have it.</summary>
    private static ReadOnlySpan<T> Of<T>(ParameterTree<T> slot, string leaf)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        slot.Layout.Find(leaf) is { } own ? slot.AsSpan(own) : [];

    private static string NameOf<T>(OptimizerState<T> state, int slot)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        state.SlotNames.IsEmpty ? $"slot {slot}" : state.SlotNames[slot];

    private static string Counts<T>(OptimizerState<T> state)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => $"step {state.Step}, {state.Counters}";
}
