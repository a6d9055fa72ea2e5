using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>
/// The stochastic Polyak step (Loizou, Vaswani, Laradji and Lacoste-Julien, 2021, arXiv:2002.10542) around any
/// optimizer, which takes the gradient times η = min((f − f*) / (‖g‖² + ε), η_max), with the norm over all leaves, and
/// 0 where there is no gradient: <c>Polyak.Around(Sgd.Of(1))</c> is θ' = θ − η·g.
/// </summary>
/// <remarks>
/// As Optax's <c>polyak_sgd</c>, whose <c>scaling</c> is the rate of the optimizer inside. Below f* the plain form goes
/// up; with <c>onlyDown</c>, Optax's sps+, it stays. Optax also stays where ‖g‖² + ε is below 2.2·10⁻¹⁶. A loss that
/// is not finite throws, unless the optimizer inside accepts such gradients, as <see cref="ApplyIfFinite"/> does.
/// </remarks>
public sealed record Polyak : FunctionWrapper
{
    private Polyak(Optimizer inner)
        : base(inner)
    {
    }

    /// <summary>f*, the least loss; finite.</summary>
    public double MinLoss { get; init => field = Setting.Check(value, Bounds.Finite); }

    /// <summary>η_max, the largest factor; 0 or more.</summary>
    public double MaxRate { get; init => field = Setting.Check(value, Bounds.ZeroOrMore); }

    /// <summary>ε, added to ‖g‖²; finite and not negative.</summary>
    public double Epsilon { get; init => field = Setting.Check(value, Bounds.NotNegative); }

    /// <summary>Whether the factor is 0 where the loss is below f*, and not negative.</summary>
    public bool OnlyDown { get; init; }

    internal static CatalogueEntry<Optimizer> Entry { get; } = new CatalogueEntry<Optimizer, Polyak>(
        "transform", "polyak", () => Around(Composition.Identity),
        at => Around(
            at.Optimizer("inner", "the optimizer that steps by the scaled gradient", of => of.Inner),
            at.Real("minLoss", "f*, the least loss", of => of.MinLoss),
            at.Real("maxRate", "η_max, the largest factor", of => of.MaxRate),
            at.Real("epsilon", "ε, added to the squared norm", of => of.Epsilon),
            at.Flag("onlyDown", "whether it stays where the loss is below f*", of => of.OnlyDown)))
    {
        Description = "around an optimizer: takes a function, and scales the gradient by how far the loss has to fall",
        Paper = "Loizou, Vaswani, Laradji and Lacoste-Julien, 2021", OtherNames = "Optax polyak_sgd",
        Differences = "Optax's scaling is the rate of the optimizer inside",
    };

    /// <summary>The optimizer.</summary>
    /// <param name="inner">The optimizer that steps by the scaled gradient.</param>
    /// <param name="minLoss">f*, the least loss; finite.</param>
    /// <param name="maxRate">η_max, the largest factor; 0 or more.</param>
    /// <param name="epsilon">ε, added to ‖g‖²; finite and not negative.</param>
    /// <param name="onlyDown">Whether the factor is 0 where the loss is below f*, and not negative.</param>
    /// <exception cref="ArgumentException">A value is out of range, or there is no optimizer; every error is
    /// listed.</exception>
    public static Polyak Around(
        Optimizer inner, double minLoss = 0, double maxRate = 1, double epsilon = 0, bool onlyDown = false) =>
        Setting.Make(() => new Polyak(Setting.Inner(inner))
        {
            MinLoss = minLoss, MaxRate = maxRate, Epsilon = epsilon, OnlyDown = onlyDown,
        });

    /// <summary>The loss at θ, with the scaled gradient.</summary>
    internal override (double Loss, ParameterTree<T> Gradients) Ask<T>(
        WrappedFunction<T> function, ParameterTree<T> parameters)
    {
        (double loss, ParameterTree<T> gradients) = function.Evaluate(parameters);
        if (!function.IsFinite(gradients)) return (loss, gradients);
        if (!double.IsFinite(loss) && !TakesNonFinite) throw NonFiniteGradientException.OfLoss(function.Step);
        TreeBuffer<T> scaled = function.CopyOf(gradients);
        double norm = BlockReduction.Norm<T>(scaled.AsSpan());
        scaled.Scale(double.IsFinite(loss) ? RateOf(loss, norm) : double.NaN);
        ParameterTree<T> made = scaled.ToTree();
        function.Release(gradients, parameters, made);
        return (loss, made);
    }

    private double RateOf(double loss, double norm)
    {
        double gap = loss - MinLoss, divisor = (norm * norm) + Epsilon;
        if (OnlyDown) gap = Math.Max(0, gap);
        return divisor == 0 ? 0 : Math.Min(gap / divisor, MaxRate);
    }
}
