namespace Functional.Optim;

/// <summary>
/// Adaptive sharpness-aware minimization (Kwon, Kim, Park and Choi, 2021, arXiv:2102.11600), with the defaults of the
/// authors' code: <see cref="Sam"/> whose perturbation is e = ρ·T²·g / (‖T·g‖ + ε), with T = |θ| + η for matrices and
/// T = 1 for all other leaves.
/// </summary>
/// <remarks>
/// The authors take parameters with "weight" in their names for matrices: <c>filter: LeafFilter.Named("*weight*")</c>.
/// davda54's adaptive form is <c>Sam.Around(inner, adaptive: true)</c>.
/// </remarks>
public static class Asam
{
    internal static CatalogueEntry<Optimizer> Entry { get; } = new CatalogueEntry<Optimizer, Sam>(
        "transform", "asam", () => Around(Composition.Identity),
        at => Around(
            at.Optimizer(
                "inner", "the optimizer that steps by the gradient at the point it climbed to", of => of.Inner),
            at.Real("rho", "ρ, how far it climbs", of => of.Rho),
            at.Real("eta", "η, added to the size of the parameters", of => of.Eta),
            at.Leaves("filter", "which leaves are scaled by that size", of => of.Filter),
            at.Real("epsilon", "ε, added to the norm", of => of.Epsilon)))
    {
        Description = "around an optimizer: sam whose climb is scaled to the size of the parameters",
        Paper = "Kwon, Kim, Park and Choi, 2021", OtherNames = "SamsungLabs ASAM",
        Differences = "its weights are the leaves of rank 2 and more, not those with that name",
    };

    /// <summary>The optimizer.</summary>
    /// <param name="inner">The optimizer that steps by the gradient at θ + e.</param>
    /// <param name="rho">ρ; finite and not negative.</param>
    /// <param name="eta">η; finite and not negative.</param>
    /// <param name="filter">For which leaves T is |θ| + η; those of rank 2 and more when
    /// <see langword="null"/>.</param>
    /// <param name="epsilon">ε, what is added to the norm; finite and above 0.</param>
    /// <exception cref="ArgumentException">A value is out of range, or there is no optimizer; every error is
    /// listed.</exception>
    public static Sam Around(
        Optimizer inner, double rho = 0.5, double eta = 0.01, Func<Leaf, bool>? filter = null,
        double epsilon = 1e-16) =>
        Sam.Around(inner, rho, adaptive: true, eta, filter ?? LeafFilter.Matrices, epsilon);
}
