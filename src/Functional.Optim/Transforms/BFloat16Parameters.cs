using System.Collections.Immutable;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>
/// After an optimizer, as the last part of a step: new parameters are numbers of bfloat16, 8 bits of precision in the
/// range of a float, so that they can be copied to 2 bytes each without loss. The update itself is computed in the type
/// of the parameters.
/// </summary>
/// <remarks>
/// Stochastic rounding and Kahan's compensation for training in bfloat16: Zamirai, Zhang, Aberger and De Sa, 2020,
/// arXiv:2010.06192. torchao's <c>bf16_stochastic_round</c> and optimi's <c>kahan_sum</c> are these for parameters that
/// are stored in 16 bits; here the tree has floats with such values, and a double is rounded to these too. From the
/// first update on, parameters are rounded; a frozen leaf stays as it is. What <see cref="Optimizer.Update"/> says is to
/// be added leads to the rounded parameters.
/// </remarks>
public sealed record BFloat16Parameters : Transform
{
    private BFloat16Parameters()
    {
    }

    /// <summary>How they are rounded.</summary>
    public ParameterRounding Rounding { get; init => field = Setting.Check(value); }

    /// <inheritdoc/>
    protected internal override ImmutableArray<string> SlotNames =>
        Rounding == ParameterRounding.Kahan ? ["compensation"] : [];

    /// <summary>The transform with its setting, to put after an optimizer and everything else.</summary>
    /// <param name="rounding">How they are rounded.</param>
    /// <exception cref="ArgumentException">There is no such rounding.</exception>
    public static BFloat16Parameters Of(ParameterRounding rounding = ParameterRounding.Stochastic) =>
        Setting.Make(() => new BFloat16Parameters { Rounding = rounding });

    /// <inheritdoc/>
    protected internal override void AddRule<T, TFirst>(in TFirst first, ref RulePass<T> pass)
    {
        switch (Rounding)
        {
            case ParameterRounding.Kahan: pass.AddLanding(first, new KahanParameterRule<T>(pass.EndsStep)); break;
            case ParameterRounding.Nearest: pass.AddLanding(first, new RoundedParameterRule<T>(pass.EndsStep)); break;
            // Random bits belong to a place, which a rule does not know: the pass rounds what it has written.
            default: pass.Add(first, default(IdentityRule<T>)); break;
        }
    }
}
