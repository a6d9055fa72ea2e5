using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;

namespace Functional.Optim;

/// <summary>
/// What a state holds: the names and layouts of its slots, the names of its scalars, what they mean
/// (<see cref="Identity"/>), and since which update each leaf of a slot is there. States of one plan share one.
/// </summary>
internal sealed class StateSchema
{
    /// <summary>Shells kept for the next steps; more than a few are in use only while states are held.</summary>
    private const int MaxIdleShells = 8;

    private readonly Recycler<object> idle = new(MaxIdleShells);

    /// <summary>Names of the slots; empty where the state was made directly without names.</summary>
    internal ImmutableArray<string> SlotNames { get; init; } = [];

    /// <summary>The layout of each slot; <see langword="null"/> for that of the parameters.</summary>
    internal ImmutableArray<TreeLayout?> SlotLayouts { get; init; } = [];

    /// <summary>The format of each slot; empty where all are full.</summary>
    internal ImmutableArray<StateFormat> SlotFormats { get; init; } = [];

    /// <summary>Names of the scalars.</summary>
    internal ImmutableArray<string> ScalarNames { get; init; } = [];

    /// <summary>The transforms that keep slots, with their names; empty where it is not known.</summary>
    internal string Identity { get; init; } = "";

    /// <summary>
    /// The number of finished updates when each leaf of each slot started; <see langword="null"/> when all started at
    /// 0.
    /// </summary>
    internal SlotStarts? Starts { get; init; }

    internal int SlotCount => SlotLayouts.Length;

    internal StateFormat FormatOf(int slot) => SlotFormats.IsEmpty ? StateFormat.Full : SlotFormats[slot];

    /// <summary>The same over slots of other layouts.</summary>
    internal StateSchema Over(ImmutableArray<TreeLayout?> layouts) => new()
    {
        SlotNames = SlotNames, SlotLayouts = layouts, ScalarNames = ScalarNames, Identity = Identity, Starts = Starts,
    };

    /// <summary>The same with other starts.</summary>
    internal StateSchema From(SlotStarts? starts) => new()
    {
        SlotNames = SlotNames, SlotLayouts = SlotLayouts, SlotFormats = SlotFormats, ScalarNames = ScalarNames,
        Identity = Identity, Starts = starts,
    };

    /// <summary>Some of the slots.</summary>
    /// <param name="start">The first.</param>
    /// <param name="length">How many.</param>
    /// <param name="identity">What they mean together; empty where that is not known.</param>
    internal StateSchema Slice(int start, int length, string identity = "") => new()
    {
        Identity = identity,
        SlotNames = SlotNames.IsEmpty ? [] : SlotNames.Slice(start, length),
        SlotLayouts = SlotLayouts.Slice(start, length),
        ScalarNames = ScalarNames,
        Starts = Starts is null ? null : SlotStarts.Of(Starts.OfSlots.Slice(start, length)),
    };

    /// <summary>Checks the scalars that a step is to leave after.</summary>
    /// <param name="scalars">One for each name.</param>
    /// <param name="step">The number of the step.</param>
    /// <exception cref="ArithmeticException">One is not finite.</exception>
    internal void RequireFinite(ReadOnlySpan<double> scalars, long step)
    {
        for (int index = 0; index < scalars.Length; index++)
        {
            if (double.IsFinite(scalars[index])) continue;
            throw new ArithmeticException(string.Create(
                CultureInfo.InvariantCulture,
                $"The scalar '{ScalarNames[index]}' of the state is {scalars[index]} after step {step}; "
                + $"allowed is a finite number."));
        }
    }

    /// <summary>A shell with this schema, whose contents are whatever its last owner left.</summary>
    internal StateShell<T> Rent<T>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        idle.TryTake(out object? shell) && shell is StateShell<T> known ? known : new StateShell<T>(this);

    /// <summary>Takes a shell that nobody can reach any more.</summary>
    internal void Return<T>(StateShell<T> shell)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        shell.Clear();
        idle.Add(shell);
    }
}
