using System.Numerics;
using System.Runtime.CompilerServices;

namespace Functional.Optim.Kernels;

/// <summary>What a plain rule does with an update u, θ and a constant c.</summary>
internal enum PlainKind
{
    /// <summary>Nothing.</summary>
    Identity,

    /// <summary>c·u.</summary>
    Scale,

    /// <summary>u + c·θ.</summary>
    Decay,

    /// <summary>u + c·θ where that decays, else u: <see cref="CautiousDecayRule{T}"/>.</summary>
    CautiousDecay,

    /// <summary>θ − u.</summary>
    Parameter,

    /// <summary>−u.</summary>
    Delta,
}

/// <summary>A rule without slots as data: a kind and a constant.</summary>
/// <typeparam name="T">float or double.</typeparam>
/// <param name="Kind">What it does.</param>
/// <param name="Constant">c.</param>
internal readonly record struct PlainRule<T>(PlainKind Kind, T Constant)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>A rule as data; false where it is not plain.</summary>
    internal static bool TryOf<TRule>(in TRule rule, out PlainRule<T> plain)
        where TRule : unmanaged, IUpdateRule<T>
    {
        ref TRule own = ref Unsafe.AsRef(in rule);
        if (typeof(TRule) == typeof(IdentityRule<T>)) plain = default;
        else if (typeof(TRule) == typeof(ScaleRule<T>))
            plain = new(PlainKind.Scale, Unsafe.As<TRule, ScaleRule<T>>(ref own).Factor);
        else if (typeof(TRule) == typeof(DecayRule<T>))
            plain = new(PlainKind.Decay, Unsafe.As<TRule, DecayRule<T>>(ref own).Decay);
        else if (typeof(TRule) == typeof(CautiousDecayRule<T>))
            plain = new(PlainKind.CautiousDecay, Unsafe.As<TRule, CautiousDecayRule<T>>(ref own).Decay);
        else if (typeof(TRule) == typeof(ApplyRule<T>)) plain = new(PlainKind.Parameter, default);
        else if (typeof(TRule) == typeof(DeltaRule<T>)) plain = new(PlainKind.Delta, default);
        else
        {
            plain = default;
            return false;
        }

        return true;
    }
}
