using System.Collections.Immutable;
using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>
/// Sharpness-aware minimization (Foret et al., 2020, arXiv:2010.01412) with any optimizer inside: it perturbs the
/// parameters by e = ρ·g / (‖g‖ + ε), with the norm over all leaves, and computes the gradient at θ + e; the optimizer
/// inside takes its step from θ with this gradient. Each gradient that the optimizer inside takes costs two
/// evaluations.
/// </summary>
/// <remarks>
/// The adaptive form (Kwon et al., 2021, arXiv:2102.11600) has the perturbation e = ρ·T²·g / (‖T·g‖ + ε) with T = |θ| +
/// η. davda54's code has η = 0 and T for every leaf; the authors' has η = 0.01, T for weights and 1 for all other
/// leaves, and ρ = 0.5. The state is that of the optimizer inside; frozen leaves are not perturbed and do not count in
/// the norm. A gradient that is not finite throws, unless the optimizer inside accepts it, as
/// <see cref="ApplyIfFinite"/> does.
/// </remarks>
public sealed record Sam : FunctionWrapper
{
    private Sam(Optimizer inner)
        : base(inner)
    {
    }

    /// <summary>ρ, the size of the perturbation; finite and not negative.</summary>
    public double Rho { get; init => field = Setting.Check(value, Bounds.NotNegative); }

    /// <summary>Whether the perturbation is scaled by the size of the parameters.</summary>
    public bool Adaptive { get; init; }

    /// <summary>η of the adaptive form; finite and not negative.</summary>
    public double Eta { get; init => field = Setting.Check(value, Bounds.NotNegative); }

    /// <summary>
    /// ε, what is added to the norm; finite and above 0. davda54's code has 10⁻¹², SamsungLabs' 10⁻¹⁶.
    /// </summary>
    public double Epsilon { get; init => field = Setting.Check(value, Bounds.Positive); }

    /// <summary>Which leaves the adaptive form scales.</summary>
    public LeafFilter Filter { get; init => field = Setting.Present(value); } = LeafFilter.All;

    /// <summary>The optimizer.</summary>
    /// <param name="inner">The optimizer that steps by the gradient at θ + e.</param>
    /// <param name="rho">ρ; finite and not negative.</param>
    /// <param name="adaptive">Whether the perturbation is scaled by the size of the parameters.</param>
    /// <param name="eta">η of the adaptive form; finite and not negative.</param>
    /// <param name="filter">Which leaves the adaptive form scales; all when <see langword="null"/>.</param>
    /// <param name="epsilon">ε, what is added to the norm; finite and above 0.</param>
    /// <exception cref="ArgumentException">A value is out of range, or there is no optimizer; every error is
    /// listed.</exception>
    public static Sam Around(
        Optimizer inner, double rho = 0.05, bool adaptive = false, double eta = 0, Func<Leaf, bool>? filter = null,
        double epsilon = 1e-12) =>
        Setting.Make(() => new Sam(Setting.Inner(inner))
        {
            Rho = rho, Adaptive = adaptive, Eta = eta, Filter = LeafFilter.Of(filter), Epsilon = epsilon,
        });

    /// <inheritdoc/>
    protected internal override ImmutableArray<(string Name, LeafFilter Leaves)> LeafFilters =>
        Adaptive ? [("filter", Filter)] : [];

    internal static CatalogueEntry<Optimizer> Entry { get; } = new CatalogueEntry<Optimizer, Sam>(
        "transform", "sam", () => Around(Composition.Identity),
        at => Around(
            at.Optimizer(
                "inner", "the optimizer that steps by the gradient at the point it climbed to", of => of.Inner),
            at.Real("rho", "ρ, how far it climbs", of => of.Rho),
            at.Flag("adaptive", "whether the climb is scaled to the size of the parameters", of => of.Adaptive),
            at.Real("eta", "η, added to that size", of => of.Eta),
            at.Leaves("filter", "which leaves the adaptive form scales", of => of.Filter),
            at.Real("epsilon", "ε, added to the norm", of => of.Epsilon)))
    {
        Description = "around an optimizer: takes a function, and steps by the gradient at the worst place nearby",
        Paper = "Foret et al., 2020; Kwon et al., 2021", OtherNames = "Optax contrib.sam",
        Differences = "asks twice in one step; Optax alternates two kinds of steps",
    };

    /// <summary>Whether the settings and the optimizers inside are the same.</summary>
    public bool Equals(Sam? other) =>
        base.Equals(other) && Rho.Equals(other!.Rho) && Adaptive == other.Adaptive && Eta.Equals(other.Eta)
        && Filter == other.Filter && Epsilon.Equals(other.Epsilon);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Inner, Rho, Adaptive, Eta, Epsilon);

    /// <summary>The loss at θ with the gradient at θ + e.</summary>
    internal override (double Loss, ParameterTree<T> Gradients) Ask<T>(
        WrappedFunction<T> function, ParameterTree<T> parameters)
    {
        (double loss, ParameterTree<T> first) = function.Evaluate(parameters);
        if (!function.IsFinite(first)) return (loss, first);
        ParameterTree<T> climbed = Climb(parameters, function.CopyOf(first));
        try
        {
            (_, ParameterTree<T> second) = function.Evaluate(climbed);
            function.IsFinite(second);
            if (second.IsIn(climbed)) second = second.Copy();
            function.Release(first, parameters, second);
            return (loss, second);
        }
        finally
        {
            climbed.Release(nameof(Sam));
        }
    }

    /// <summary>θ + e, of a copy of the gradient.</summary>
    private ParameterTree<T> Climb<T>(ParameterTree<T> parameters, TreeBuffer<T> gradients)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ScaleBySize(parameters, gradients);
        double length = Rho / (BlockReduction.Norm<T>(gradients.AsSpan()) + Epsilon);
        // The perturbation of the adaptive form is T²·g over the norm of T·g.
        ScaleBySize(parameters, gradients);
        ParameterTree<T> uphill = gradients.ToTree();
        try
        {
            return parameters.Plus(length, uphill).ToTree();
        }
        finally
        {
            uphill.Release(nameof(Sam));
        }
    }

    /// <summary>u ← T·u, in the adaptive form.</summary>
    private void ScaleBySize<T>(ParameterTree<T> parameters, TreeBuffer<T> update)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (!Adaptive) return;
        MagnitudeScaleRule<T> rule = new(Eta);
        foreach (Leaf leaf in parameters.Layout.Leaves)
        {
            if (!Filter.Contains(leaf)) continue;
            Span<T> values = update.AsSpan(leaf);
            Elementwise.Run(rule, parameters.AsSpan(leaf), values, values);
        }
    }
}
