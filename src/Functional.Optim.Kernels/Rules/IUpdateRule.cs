using System.Numerics;

namespace Functional.Optim.Kernels;

/// <summary>
/// One elementwise transform of an optimizer: from a parameter, an update (the gradient, for the first rule of a chain)
/// and its slots to a new update and new slots. A rule is a small readonly struct of constants; its one method is
/// written over any lane.
/// </summary>
/// <typeparam name="T">float or double.</typeparam>
public interface IUpdateRule<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>How many slots the rule keeps, 0 to <see cref="Slots{TLane}.Capacity"/>.</summary>
    static abstract int SlotCount { get; }

    /// <summary>The rule at one place.</summary>
    /// <typeparam name="TLane">The lane.</typeparam>
    /// <param name="parameter">θ, before the step.</param>
    /// <param name="update">What the rule before passed on.</param>
    /// <param name="slots">The state of the chain: what the rule reads, and writes, of its own.</param>
    /// <param name="first">The first slot of this rule; its others follow.</param>
    TLane Apply<TLane>(TLane parameter, TLane update, ref Slots<TLane> slots, int first)
        where TLane : struct, ILane<TLane, T>;
}
