using System.Collections.Immutable;
using System.Numerics;
using LanguageExt;
using LanguageExt.Common;

namespace Functional.Optim.Training;

/// <summary>
/// A checkpoint: parameters, optimizer slots with their names and kinds, and counters, in one file of the format of
/// <see cref="ParameterFile"/>. A run that is saved, loaded and continued has the bits of an uninterrupted one.
/// </summary>
public static class TrainStateFile
{
    /// <summary>Writes a state, leaf by leaf, without copying it.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="state">The state.</param>
    /// <param name="path">The path of the file; its directory must exist.</param>
    /// <returns>Unit, or the error.</returns>
    public static Fin<Unit> Save<T>(TrainState<T> state, string path)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        OptimizerState<T> optimizer = state.Optimizer;
        TreeFileHeader.Counters counters = new(
            optimizer.Step,
            state.SkippedSteps,
            optimizer.SlotCount,
            optimizer.Counters,
            [.. optimizer.SlotNames],
            optimizer.Identity,
            SlotLeaves: null,
            [.. optimizer.ScalarNames],
            [.. optimizer.ScalarNames.Select(name => BitConverter.DoubleToInt64Bits(optimizer.Scalar(name)))],
            optimizer.SlotStarts.IsEmpty ? null : [.. optimizer.SlotStarts.Select(starts => starts.ToArray())],
            FormatsOf(optimizer));
        return TreeFile.Write(
            path,
            counters,
            [state.Parameters, .. Enumerable.Range(0, optimizer.SlotCount).Select(slot => optimizer[slot])]);
    }

    /// <summary>
    /// Reads a state, with the same bits. The optimizer is not in the file: the caller makes it again
    /// from its settings. Its first step rejects a state with another
    /// <see cref="OptimizerState{T}.Identity"/>. A file without an identity, from a state made by hand or
    /// an old version, continues in any optimizer with the same number of slots.
    /// </summary>
    /// <typeparam name="T">float or double, as in the file.</typeparam>
    /// <param name="path">The path of the file.</param>
    /// <returns>The state, or the error.</returns>
    public static Fin<TrainState<T>> Load<T>(string path)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        TreeFile.Read<T>(path).Bind(read => read.Header.State is { } counters
            ? Fin<TrainState<T>>.Succ(
                new(read.Trees[0], StateOf(counters, read.Trees.AsSpan(1)), counters.SkippedSteps))
            : Error.New($"Cannot read '{path}': it holds parameters only, without the state of an optimizer."));

    private static OptimizerState<T> StateOf<T>(
        TreeFileHeader.Counters counters, ReadOnlySpan<ParameterTree<T>> slots)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        IEnumerable<KeyValuePair<string, double>> scalars = (counters.ScalarNames ?? []).Zip(
            counters.ScalarBits ?? [],
            (name, bits) => KeyValuePair.Create(name, BitConverter.Int64BitsToDouble(bits)));
        OptimizerState<T> state = new(
            counters.Updates,
            [.. counters.SlotNames ?? []],
            counters.Identity,
            slots,
            [.. scalars],
            [.. (counters.SlotStarts ?? []).Select(starts => ImmutableArray.Create(starts))]);
        return state.With(counters.Others).InFormats(counters.SlotFormats ?? new StateFormat[counters.Slots]);
    }

    private static StateFormat[]? FormatsOf<T>(OptimizerState<T> state)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        StateFormat[] formats = [.. Enumerable.Range(0, state.SlotCount).Select(state.FormatOf)];
        return formats.All(format => format == StateFormat.Full) ? null : formats;
    }

    /// <summary>
    /// Reads a state for an optimizer, with the same bits, and rejects a state that the optimizer cannot continue.
    /// </summary>
    /// <typeparam name="T">float or double, as in the file.</typeparam>
    /// <param name="path">The path of the file.</param>
    /// <param name="optimizer">The optimizer; its settings may differ from those of the saved run.</param>
    /// <returns>The state, or the error.</returns>
    public static Fin<TrainState<T>> Load<T>(string path, Optimizer optimizer)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        return Load<T>(path).Bind(state =>
        {
            if (state.Optimizer is { SlotCount: > 0, Identity: "" })
            {
                return Error.New(
                    $"Cannot read '{path}' for {optimizer}: the file does not say to which optimizer its state "
                    + "belongs. To continue with it anyway, load it without the optimizer.");
            }

            try
            {
                optimizer.RequireState(state.Optimizer, state.Parameters.Layout);
                return Fin<TrainState<T>>.Succ(state);
            }
            catch (ArgumentException exception)
            {
                return FileErrors.Of("read", path, exception);
            }
        });
    }
}
