using System.Collections.Immutable;
using System.Numerics;
using Functional.Optim.Kernels;
using LanguageExt;
using LanguageExt.Common;

namespace Functional.Optim;

/// <summary>The exponential moving average of the update, m = β·m + (1 − β)·u, bias-corrected or not (Optax's <c>ema</c>).</summary>
public sealed record Ema : Transform
{
    private Ema()
    {
    }

    /// <summary>β, in [0, 1).</summary>
    public double Decay { get; init => field = Bounds.BelowOne.Check(value); }

    /// <summary>Whether m is divided by 1 − βᵗ before it is handed on.</summary>
    public bool BiasCorrection { get; init; }

    /// <inheritdoc/>
    protected internal override ImmutableArray<string> SlotNames => ["mean"];

    /// <summary>The part with its constants, or the fault found.</summary>
    /// <param name="decay">β, in [0, 1).</param>
    /// <param name="biasCorrection">Whether m is divided by 1 − βᵗ before it is handed on.</param>
    public static Validation<Error, Ema> Create(double decay, bool biasCorrection = true) => new Faults().Require(decay, Bounds.BelowOne)
        .Make(() => new Ema { Decay = decay, BiasCorrection = biasCorrection });

    /// <summary>The part with its constants.</summary>
    /// <inheritdoc cref="Create"/>
    /// <exception cref="ArgumentException">The decay is out of range.</exception>
    public static Ema Of(double decay, bool biasCorrection = true) => Create(decay, biasCorrection).OrThrow(nameof(Ema));

    /// <inheritdoc/>
    protected internal override void Append<T, TFirst>(in TFirst first, ref RulePass<T> pass) => pass.Then(first, new EmaRule<T>(
        T.CreateTruncating(Decay), T.CreateTruncating(1 - Decay),
        BiasCorrection ? T.CreateTruncating(1 / Kernels.BiasCorrection.Factor(Decay, pass.SlotStep)) : T.One));
}
