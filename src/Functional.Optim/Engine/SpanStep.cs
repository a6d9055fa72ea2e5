using System.Numerics;
using System.Runtime.CompilerServices;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>
/// One update over spans: sign, penalty, scaling, decoupled decay, learning rate, new parameter, as one loop. What is 0
/// is left out of the loop.
/// </summary>
/// <typeparam name="T">float or double.</typeparam>
/// <param name="slots">The slots before the update.</param>
/// <param name="newSlots">The slots after it.</param>
internal readonly ref struct SpanStep<T>(in ReadOnlySlotSpans<T> slots, in SlotSpans<T> newSlots)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>t, from 1; 0 for none.</summary>
    internal long Step { get; init; }

    /// <summary>λ before the scaling.</summary>
    internal double Penalty { get; init; }

    /// <summary>λ after the scaling.</summary>
    internal double Decay { get; init; }

    /// <summary>How that goes by the rate and the update; a correction is part of λ.</summary>
    internal DecayForm DecayForm { get; init; }

    /// <summary>η.</summary>
    internal double Rate { get; init; }

    internal bool Maximize { get; init; }

    internal ReadOnlySpan<T> Parameters { get; init; }

    internal ReadOnlySpan<T> Gradient { get; init; }

    internal Span<T> NewParameters { get; init; }

    internal readonly ReadOnlySlotSpans<T> Slots = slots;

    internal readonly SlotSpans<T> NewSlots = newSlots;

    /// <summary>Runs the update with a scaling.</summary>
    internal void Run<TScaling>(in TScaling scaling)
        where TScaling : unmanaged, IUpdateRule<T>
    {
        if (RuntimeFeature.IsDynamicCodeSupported && !Fusion.IsOff) Run(scaling, default(IdentityRule<T>));
        else RunFramed(scaling);
    }

    /// <summary>Runs the update with a scaling, and a rule after the learning rate.</summary>
    internal void Run<TScaling, TLast>(in TScaling scaling, in TLast last)
        where TScaling : unmanaged, IUpdateRule<T>
        where TLast : unmanaged, IUpdateRule<T>
    {
        DecayRule<T> penalty = new(T.CreateTruncating(Penalty));
        if (Maximize) Decaying(new Then<T, ScaleRule<T>, DecayRule<T>>(new(-T.One), penalty), scaling, last);
        else if (Penalty != 0) Decaying(penalty, scaling, last);
        else Decaying(default(IdentityRule<T>), scaling, last);
    }

    /// <summary>The same with one type of rule, where not every combination can have a type of its own.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void RunFramed<TScaling>(in TScaling scaling)
        where TScaling : unmanaged, IUpdateRule<T> => RunLoop(new FramedRule<T, TScaling>(scaling, ToFrame()));

    private void RunLoop<TRule>(in TRule rule)
        where TRule : unmanaged, IUpdateRule<T>
    {
        Elementwise.Run(rule, Parameters, Gradient, NewParameters, Slots, NewSlots);
        if (!Underflow.IsCleared(Step)) return;
        for (int slot = 0; slot < TRule.SlotCount; slot++) Underflow.Clear(NewSlots[slot]);
    }

    /// <summary>All but the scaling.</summary>
    private Frame<T> ToFrame()
    {
        Frame<T> frame = default;
        if (Maximize) frame.TryPrepend(new(PlainKind.Scale, T.NegativeOne));
        if (Penalty != 0) frame.TryPrepend(new(PlainKind.Decay, T.CreateTruncating(Penalty)));
        PlainKind kind = DecayForm == DecayForm.Cautious ? PlainKind.CautiousDecay : PlainKind.Decay;
        PlainRule<T> decay = new(kind, T.CreateTruncating(Decay));
        if (DecayForm != DecayForm.Independent) frame.TryAppend(decay);
        frame.TryAppend(new(PlainKind.Scale, T.CreateTruncating(Rate)));
        if (DecayForm == DecayForm.Independent) frame.TryAppend(decay);
        frame.TryAppend(new(PlainKind.Parameter, default));
        return frame;
    }

    private void Decaying<TPenalty, TScaling, TLast>(in TPenalty penalty, in TScaling scaling, in TLast last)
        where TPenalty : unmanaged, IUpdateRule<T>
        where TScaling : unmanaged, IUpdateRule<T>
        where TLast : unmanaged, IUpdateRule<T>
    {
        T lambda = T.CreateTruncating(Decay);
        if (Decay == 0) Ending(penalty, scaling, default(IdentityRule<T>), last);
        else if (DecayForm == DecayForm.Cautious) Ending(penalty, scaling, new CautiousDecayRule<T>(lambda), last);
        else if (DecayForm == DecayForm.Independent)
            Ending(penalty, scaling, default(IdentityRule<T>), new Then<T, DecayRule<T>, TLast>(new(lambda), last));
        else Ending(penalty, scaling, new DecayRule<T>(lambda), last);
    }

    private void Ending<TPenalty, TScaling, TDecay, TLast>(
        in TPenalty penalty, in TScaling scaling, in TDecay decay, in TLast last)
        where TPenalty : unmanaged, IUpdateRule<T>
        where TScaling : unmanaged, IUpdateRule<T>
        where TDecay : unmanaged, IUpdateRule<T>
        where TLast : unmanaged, IUpdateRule<T> =>
        RunLoop(new Chain<TPenalty, TScaling, TDecay, TLast>(
            penalty, scaling, decay, new(T.CreateTruncating(Rate)), last));

    /// <summary>
    /// The rules of a step in turn. They are copied once, where a <see cref="Then{T, TFirst, TSecond}"/> of others
    /// copies each as often as it is nested: in a short step each copy counts.
    /// </summary>
    private readonly struct Chain<TPenalty, TScaling, TDecay, TLast>(
        in TPenalty penalty, in TScaling scaling, in TDecay decay, ScaleRule<T> rate, in TLast last) : IUpdateRule<T>
        where TPenalty : unmanaged, IUpdateRule<T>
        where TScaling : unmanaged, IUpdateRule<T>
        where TDecay : unmanaged, IUpdateRule<T>
        where TLast : unmanaged, IUpdateRule<T>
    {
        private readonly TPenalty penalty = penalty;
        private readonly TScaling scaling = scaling;
        private readonly TDecay decay = decay;
        private readonly ScaleRule<T> rate = rate;
        private readonly TLast last = last;

        public static int SlotCount
        {
            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            get => TScaling.SlotCount + TLast.SlotCount;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TLane Apply<TLane>(TLane parameter, TLane update, ref Slots<TLane> slots, int first)
            where TLane : struct, ILane<TLane, T>
        {
            TLane penalized = penalty.Apply(parameter, update, ref slots, first);
            TLane scaled = scaling.Apply(parameter, penalized, ref slots, first);
            TLane decayed = decay.Apply(parameter, scaled, ref slots, first);
            TLane rated = rate.Apply(parameter, decayed, ref slots, first);
            TLane ended = last.Apply(parameter, rated, ref slots, first + TScaling.SlotCount);
            return parameter - ended;
        }
    }
}
