using System.Numerics;
using LanguageExt;
using LanguageExt.Common;

namespace Functional.Optim.Training;

/// <summary>
/// A checkpoint: parameters, optimizer slots with their names and meaning, and counters in one file of the format of
/// <see cref="ParameterFile"/>. A run that is saved, loaded and continued has the bits of one that was not interrupted.
/// </summary>
public static class TrainStateFile
{
    /// <summary>Writes a state, leaf by leaf, without a copy of it.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="state">The state.</param>
    /// <param name="path">The file; its directory exists.</param>
    public static Fin<Unit> Save<T>(TrainState<T> state, string path)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        TreeFile.Write(
            path,
            new TreeFileHeader.Counters(
                state.Optimizer.Step, state.SkippedSteps, state.Optimizer.SlotCount, state.Optimizer.Counters,
                [.. state.Optimizer.SlotNames], state.Optimizer.Identity, SlotLeaves: null, [.. state.Optimizer.ScalarNames],
                [.. state.Optimizer.ScalarNames.Select(name => BitConverter.DoubleToInt64Bits(state.Optimizer.Scalar(name)))],
                state.Optimizer.SlotStarts.IsEmpty ? null : [.. state.Optimizer.SlotStarts.Select(starts => starts.ToArray())],
                FormatsOf(state.Optimizer)),
            [state.Parameters, .. Enumerable.Range(0, state.Optimizer.SlotCount).Select(slot => state.Optimizer[slot])]);

    /// <summary>
    /// Reads a state, bit for bit. The optimizer itself is not in the file: the caller makes it again from its settings, and its first step
    /// refuses a state of another <see cref="OptimizerState{T}.Identity"/>. A file without an identity, of a state made by hand or from
    /// before it was stored, goes on in any optimizer with as many slots.
    /// </summary>
    /// <typeparam name="T">float or double, as in the file.</typeparam>
    /// <param name="path">The file.</param>
    public static Fin<TrainState<T>> Load<T>(string path)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        TreeFile.Read<T>(path).Bind(read => read.Header.State is { } state
            ? Fin<TrainState<T>>.Succ(new(
                read.Trees[0],
                new OptimizerState<T>(
                    state.Updates, [.. state.SlotNames ?? []], state.Identity, read.Trees.AsSpan(1),
                    [.. (state.ScalarNames ?? []).Zip(state.ScalarBits ?? [], (name, bits) => KeyValuePair.Create(name, BitConverter.Int64BitsToDouble(bits)))],
                    [.. (state.SlotStarts ?? []).Select(starts => System.Collections.Immutable.ImmutableArray.Create(starts))])
                    .With(state.Others)
                    .InFormats(state.SlotFormats ?? new StateFormat[state.Slots]),
                state.SkippedSteps))
            : Error.New($"Cannot read '{path}': it holds parameters only, without the state of an optimizer."));

    private static StateFormat[]? FormatsOf<T>(OptimizerState<T> state)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        StateFormat[] formats = [.. Enumerable.Range(0, state.SlotCount).Select(state.FormatOf)];
        return formats.All(format => format == StateFormat.Full) ? null : formats;
    }

    /// <summary>Reads a state for an optimizer, bit for bit, and refuses one that the optimizer cannot go on from.</summary>
    /// <typeparam name="T">float or double, as in the file.</typeparam>
    /// <param name="path">The file.</param>
    /// <param name="optimizer">The optimizer; its settings may be others than those of the run that was saved.</param>
    public static Fin<TrainState<T>> Load<T>(string path, Optimizer optimizer)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        return Load<T>(path).Bind(state =>
        {
            if (state.Optimizer is { SlotCount: > 0, Identity: "" })
                return Error.New($"Cannot read '{path}' for {optimizer}: the file does not say which optimizer its state is of. Load it without the optimizer to go on from it all the same.");
            try
            {
                optimizer.RequireState(state.Optimizer, state.Parameters.Layout);
                return Fin<TrainState<T>>.Succ(state);
            }
            catch (ArgumentException exception)
            {
                return FileFault.Of("read", path, exception);
            }
        });
    }
}
