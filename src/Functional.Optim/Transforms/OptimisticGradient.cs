using System.Collections.Immutable;
using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>
/// The optimistic gradient (Mokhtari, Ozdaglar and Pattathil, 2019, arXiv:1901.08511), which expects the gradient to
/// change as it did: u' = (α + β)·u − β·l, where l is the update of the step before; l = u at the first.
/// </summary>
/// <remarks>As Optax's <c>scale_by_optimistic_gradient</c>. It keeps a number for each parameter.</remarks>
public sealed record OptimisticGradient : Transform
{
    private OptimisticGradient()
    {
    }

    /// <summary>α, the weight of the update; finite and not negative.</summary>
    public double Alpha { get; init => field = Setting.Check(value, Bounds.NotNegative); }

    /// <summary>β, the weight of its change; finite and not negative.</summary>
    public double Beta { get; init => field = Setting.Check(value, Bounds.NotNegative); }

    internal static ImmutableArray<string> Slots { get; } = ["last"];

    /// <inheritdoc/>
    protected internal override ImmutableArray<string> SlotNames => Slots;

    /// <summary>The transform with its constants.</summary>
    /// <param name="alpha">α, the weight of the update; finite and not negative.</param>
    /// <param name="beta">β, the weight of its change; finite and not negative.</param>
    /// <exception cref="ArgumentException">A value is out of range; every error is listed.</exception>
    public static OptimisticGradient Of(double alpha = 1, double beta = 1) =>
        Setting.Make(() => new OptimisticGradient { Alpha = alpha, Beta = beta });

    /// <inheritdoc/>
    protected internal override void AddRule<T, TFirst>(in TFirst first, ref RulePass<T> pass) =>
        pass.Add(first, new OptimisticGradientRule<T>(Alpha, Beta, isFirst: pass.SlotStep == 1));
}
