using System.Collections.Immutable;
using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>
/// The exponential moving average of the update, m' = β·m + (1 − β)·u, bias-corrected or not (Optax's <c>ema</c>); with
/// Nesterov one step ahead, β·m' + (1 − β)·u.
/// </summary>
public sealed record Ema : Transform
{
    private Ema()
    {
    }

    /// <summary>β, in [0, 1).</summary>
    public double Decay { get; init => field = Setting.Check(value, Bounds.HalfOpenUnitInterval); }

    /// <summary>Whether what is passed on is divided by 1 − βᵗ, or by 1 − βᵗ⁺¹ where it is one step ahead.</summary>
    public bool BiasCorrection { get; init; }

    /// <summary>Whether the average looks one step ahead, as if the same update came once more.</summary>
    public bool Nesterov { get; init; }

    internal static ImmutableArray<string> Slots { get; } = ["mean"];

    /// <inheritdoc/>
    protected internal override ImmutableArray<string> SlotNames => Slots;

    /// <summary>The transform with its constants.</summary>
    /// <param name="decay">β, in [0, 1).</param>
    /// <param name="biasCorrection">Whether what is passed on is divided by 1 − βᵗ, or by 1 − βᵗ⁺¹ where it is one step
    /// ahead.</param>
    /// <param name="nesterov">Whether the average looks one step ahead, as if the same update came once more.</param>
    /// <exception cref="ArgumentException">The decay is out of range.</exception>
    public static Ema Of(double decay, bool biasCorrection = true, bool nesterov = false) =>
        Setting.Make(() => new Ema { Decay = decay, BiasCorrection = biasCorrection, Nesterov = nesterov });

    /// <inheritdoc/>
    protected internal override void AddRule<T, TFirst>(in TFirst first, ref RulePass<T> pass)
    {
        // One step ahead the weights add up to those of the mean after one update more.
        long updates = Nesterov ? pass.SlotStep + 1 : pass.SlotStep;
        T correction = BiasCorrection ? T.CreateTruncating(1 / Kernels.BiasCorrection.Factor(Decay, updates)) : T.One;
        if (Nesterov) pass.Add(first, new NesterovEmaRule<T>(Decay, correction));
        else pass.Add(first, new EmaRule<T>(Decay, correction));
    }
}
