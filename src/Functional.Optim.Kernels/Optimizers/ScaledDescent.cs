using System.Numerics;

namespace Functional.Optim.Kernels;

/// <summary>The chain that most optimizers are, over spans: penalty, scaling, decoupled decay, learning rate, new parameter.</summary>
internal static class ScaledDescent
{
    /// <summary>One update: u = g + λ₂·θ, θ' = θ − η·(scaled u + λ·θ). What is 0 is left out of the loop.</summary>
    internal static void Step<T, TScaling>(
        in TScaling scaling, double penalty, double decay, double rate,
        ReadOnlySpan<T> theta, ReadOnlySpan<T> gradient, Span<T> thetaOut,
        ReadOnlySlotSpans<T> slots, SlotSpans<T> newSlots)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TScaling : unmanaged, IUpdateRule<T>
    {
        if (penalty == 0)
        {
            Decaying(scaling, decay, rate, theta, gradient, thetaOut, slots, newSlots);
        }
        else
        {
            Then<T, DecayRule<T>, TScaling> penalized = new(new(T.CreateTruncating(penalty)), scaling);
            Decaying(penalized, decay, rate, theta, gradient, thetaOut, slots, newSlots);
        }
    }

    private static void Decaying<T, TScaling>(
        in TScaling scaling, double decay, double rate,
        ReadOnlySpan<T> theta, ReadOnlySpan<T> gradient, Span<T> thetaOut, ReadOnlySlotSpans<T> slots, SlotSpans<T> newSlots)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TScaling : unmanaged, IUpdateRule<T>
    {
        if (decay == 0)
        {
            Run(scaling, rate, theta, gradient, thetaOut, slots, newSlots);
        }
        else
        {
            Then<T, TScaling, DecayRule<T>> decaying = new(scaling, new(T.CreateTruncating(decay)));
            Run(decaying, rate, theta, gradient, thetaOut, slots, newSlots);
        }
    }

    private static void Run<T, TDirection>(
        in TDirection direction, double rate,
        ReadOnlySpan<T> theta, ReadOnlySpan<T> gradient, Span<T> thetaOut, ReadOnlySlotSpans<T> slots, SlotSpans<T> newSlots)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TDirection : unmanaged, IUpdateRule<T>
    {
        Then<T, ScaleRule<T>, ApplyRule<T>> end = new(new(T.CreateTruncating(rate)), default);
        Elementwise.Run(new Then<T, TDirection, Then<T, ScaleRule<T>, ApplyRule<T>>>(direction, end), theta, gradient, thetaOut, slots, newSlots);
    }
}
