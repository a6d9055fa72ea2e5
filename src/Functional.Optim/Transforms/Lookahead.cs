using System.Collections.Immutable;
using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>
/// Lookahead (Zhang, Lucas, Hinton and Ba, 2019, arXiv:1907.08610): after an optimizer, its learning rate included,
/// keeps slow parameters s that every k updates are drawn towards the fast ones, s = s + α·(θ − s), and puts these back
/// to them, θ = s.
/// </summary>
/// <remarks>
/// The moments of the optimizer are not reset. Optax keeps fast and slow parameters as a pair; here θ are the fast
/// ones. As the last part of a step it puts θ to s in every bit; where parts follow it, or
/// <see cref="Optimizer.Update"/> asks for what is to be added, θ + Δ is s to rounding.
/// </remarks>
public sealed record Lookahead : Transform
{
    private Lookahead()
    {
    }

    /// <summary>k, how many updates there are from one synchronization to the next; 1 or more.</summary>
    public long Every { get; init => field = Setting.Check(value, Bounds.AtLeast(1)); }

    /// <summary>α, in [0, 1].</summary>
    public double Alpha { get; init => field = Setting.Check(value, Bounds.UnitInterval); }

    /// <inheritdoc/>
    protected internal override bool KeepsParameters => true;

    /// <inheritdoc/>
    protected internal override ImmutableArray<string> SlotNames => ["slow"];

    /// <summary>The transform with its constants, to put after an optimizer.</summary>
    /// <param name="every">k; 1 or more.</param>
    /// <param name="alpha">α, in [0, 1].</param>
    /// <exception cref="ArgumentException">A value is out of range; every error is listed.</exception>
    public static Lookahead Of(long every = 6, double alpha = 0.5) =>
        Setting.Make(() => new Lookahead { Every = every, Alpha = alpha });

    /// <summary>The slow parameters start where the fast ones do.</summary>
    protected internal override void InitSlot<T>(int slot, ReadOnlySpan<T> parameters, Span<T> values) =>
        parameters.CopyTo(values);

    /// <inheritdoc/>
    protected internal override void AddRule<T, TFirst>(in TFirst first, ref RulePass<T> pass)
    {
        bool draws = pass.SlotStep % Every == 0;
        pass.AddLanding(first, new LookaheadRule<T>(T.CreateTruncating(Alpha), draws, lands: pass.EndsStep));
    }
}
