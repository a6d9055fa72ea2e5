using System.Numerics;
using System.Runtime.CompilerServices;

namespace Functional.Optim.Kernels;

/// <summary>
/// The plain rules before a rule (a factor, a penalty) and after it (a decay, a factor such as the learning rate, a
/// decay that is independent of it, and the new parameter or the delta). Each may be missing.
/// </summary>
/// <typeparam name="T">float or double.</typeparam>
internal struct Frame<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>What is there; a decay by 0 is not.</summary>
    private Parts parts;

    /// <summary>The place of the last rule; what comes next has a later one.</summary>
    private Place last;
    private T factorBefore;
    private T penalty;
    private T decay;
    private T factor;
    private T independentDecay;

    [Flags]
    private enum Parts
    {
        None = 0,
        FactorBefore = 1,
        Penalty = 2,
        Decay = 4,
        CautiousDecay = 8,
        Factor = 16,
        IndependentDecay = 32,
        CautiousIndependentDecay = 64,
        Parameter = 128,
        Delta = 256,
    }

    private enum Place
    {
        Start,
        FactorBefore,
        Penalty,
        Decay,
        Factor,
        IndependentDecay,
        End,
    }

    /// <summary>Whether there is no rule.</summary>
    internal readonly bool IsEmpty => last == Place.Start;

    /// <summary>Adds a rule before the framed one, after those that are there; false where no place is left.</summary>
    internal bool TryPrepend(PlainRule<T> plain)
    {
        if (plain.Kind == PlainKind.Scale && last < Place.FactorBefore)
        {
            (factorBefore, last) = (plain.Constant, Place.FactorBefore);
            parts |= Parts.FactorBefore;
            return true;
        }

        if (plain.Kind != PlainKind.Decay || last >= Place.Penalty) return false;
        (penalty, last) = (plain.Constant, Place.Penalty);
        if (plain.Constant != T.Zero) parts |= Parts.Penalty;
        return true;
    }

    /// <summary>Adds a rule after the framed one and those that are there; false where no place is left.</summary>
    internal bool TryAppend(PlainRule<T> plain)
    {
        bool isCautious = plain.Kind == PlainKind.CautiousDecay;
        switch (plain.Kind)
        {
            case PlainKind.Scale when last < Place.Factor:
                (factor, last) = (plain.Constant, Place.Factor);
                parts |= Parts.Factor;
                return true;
            case PlainKind.Decay or PlainKind.CautiousDecay when last < Place.Decay:
                (decay, last) = (plain.Constant, Place.Decay);
                if (plain.Constant != T.Zero) parts |= isCautious ? Parts.CautiousDecay : Parts.Decay;
                return true;
            case PlainKind.Decay or PlainKind.CautiousDecay when last < Place.IndependentDecay:
                (independentDecay, last) = (plain.Constant, Place.IndependentDecay);
                if (plain.Constant != T.Zero)
                    parts |= isCautious ? Parts.CautiousIndependentDecay : Parts.IndependentDecay;
                return true;
            case PlainKind.Parameter or PlainKind.Delta when last < Place.End:
                last = Place.End;
                parts |= plain.Kind == PlainKind.Parameter ? Parts.Parameter : Parts.Delta;
                return true;
            default: return false;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal readonly TLane Before<TLane>(TLane parameter, TLane update)
        where TLane : struct, ILane<TLane, T>
    {
        if (!Has(Parts.FactorBefore | Parts.Penalty)) return update;
        if (Has(Parts.FactorBefore)) update = TLane.Broadcast(factorBefore) * update;
        if (Has(Parts.Penalty)) update = TLane.FusedMultiplyAdd(TLane.Broadcast(penalty), parameter, update);
        return update;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal readonly TLane After<TLane>(TLane parameter, TLane update)
        where TLane : struct, ILane<TLane, T>
    {
        if (Has(Parts.Decay | Parts.CautiousDecay))
            update = Decayed(parameter, update, decay, Has(Parts.CautiousDecay));
        if (Has(Parts.Factor)) update = TLane.Broadcast(factor) * update;
        if (Has(Parts.IndependentDecay | Parts.CautiousIndependentDecay))
            update = Decayed(parameter, update, independentDecay, Has(Parts.CautiousIndependentDecay));
        if (Has(Parts.Parameter)) return parameter - update;
        return Has(Parts.Delta) ? TLane.Broadcast(T.NegativeOne) * update : update;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLane Decayed<TLane>(TLane parameter, TLane update, T decay, bool isCautious)
        where TLane : struct, ILane<TLane, T>
    {
        if (!isCautious) return TLane.FusedMultiplyAdd(TLane.Broadcast(decay), parameter, update);
        Slots<TLane> none = default;
        return new CautiousDecayRule<T>(decay).Apply(parameter, update, ref none, 0);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly bool Has(Parts part) => (parts & part) != 0;
}
