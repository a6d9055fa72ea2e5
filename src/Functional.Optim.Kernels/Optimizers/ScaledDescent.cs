using System.Numerics;

namespace Functional.Optim.Kernels;

/// <summary>The chain that most optimizers are, over spans: penalty, scaling, decoupled decay, learning rate, new parameter.</summary>
internal static class ScaledDescent
{
    /// <summary>One update: u = g + λ₂·θ, θ' = θ − η·(scaled u + λ·θ).</summary>
    internal static void Step<T, TScaling>(
        in TScaling scaling, double penalty, double decay, double rate,
        ReadOnlySpan<T> theta, ReadOnlySpan<T> gradient, Span<T> thetaOut,
        ReadOnlySlotSpans<T> slots, SlotSpans<T> newSlots)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TScaling : unmanaged, IUpdateRule<T>
    {
        Then<T, DecayRule<T>, TScaling> scaled = new(new(T.CreateTruncating(penalty)), scaling);
        Then<T, Then<T, DecayRule<T>, TScaling>, DecayRule<T>> direction = new(scaled, new(T.CreateTruncating(decay)));
        Then<T, ScaleRule<T>, ApplyRule<T>> end = new(new(T.CreateTruncating(rate)), default);
        Elementwise.Run(
            new Then<T, Then<T, Then<T, DecayRule<T>, TScaling>, DecayRule<T>>, Then<T, ScaleRule<T>, ApplyRule<T>>>(direction, end),
            theta, gradient, thetaOut, slots, newSlots);
    }
}
