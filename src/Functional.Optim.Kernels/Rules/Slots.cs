namespace Functional.Optim.Kernels;

/// <summary>The state of a rule at one place: up to four values, read before the rule and written after it.</summary>
/// <typeparam name="TLane">The lane.</typeparam>
/// <param name="First">Slot 0.</param>
/// <param name="Second">Slot 1.</param>
/// <param name="Third">Slot 2.</param>
/// <param name="Fourth">Slot 3.</param>
public readonly record struct Slots<TLane>(TLane First, TLane Second, TLane Third, TLane Fourth)
    where TLane : struct
{
    /// <summary>How many slots a rule, or a chain of rules in one pass, can have.</summary>
    public const int Capacity = 4;
}

/// <summary>What a rule makes of one place: the new update and the new slots.</summary>
/// <typeparam name="TLane">The lane.</typeparam>
/// <param name="Update">The update handed to the next rule.</param>
/// <param name="Slots">The slots to store.</param>
public readonly record struct Updated<TLane>(TLane Update, Slots<TLane> Slots)
    where TLane : struct;
