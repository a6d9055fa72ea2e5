namespace Functional.Optim;

/// <summary>The options that the optimizers of a kind share, each described once.</summary>
public static class SharedOptions
{
    /// <summary>η(t).</summary>
    /// <typeparam name="T">The optimizer.</typeparam>
    /// <param name="at">The options.</param>
    /// <param name="required">Whether it has no default.</param>
    public static Schedule LearningRate<T>(this EntryOptions<T> at, bool required = true)
        where T : ScalingOptimizer => Of(at).IsScaling
        ? 1
        : at.LearningRate("learningRate", "η(t)", static of => of.LearningRate, required);

    /// <summary>λ(t).</summary>
    /// <inheritdoc cref="LearningRate"/>
    public static Schedule WeightDecay<T>(this EntryOptions<T> at)
        where T : ScalingOptimizer => Of(at).IsScaling
        ? at.Defaults.WeightDecay
        : at.Schedule("weightDecay", DecayOf(at.Defaults), static of => of.WeightDecay);

    /// <summary>Which leaves decay.</summary>
    /// <inheritdoc cref="LearningRate"/>
    public static LeafFilter Decay<T>(this EntryOptions<T> at)
        where T : ScalingOptimizer => Of(at).IsScaling
        ? LeafFilter.All
        : at.Leaves("decay", "which leaves decay", static of => of.DecayFilter);

    /// <summary>Whether the decay is decoupled.</summary>
    /// <inheritdoc cref="LearningRate"/>
    /// <param name="of">The value of an optimizer.</param>
    public static bool DecoupledDecay<T>(this EntryOptions<T> at, Func<T, bool> of)
        where T : ScalingOptimizer => !Of(at).IsScaling
        && at.Flag("decoupledDecay", "whether λ·θ is added after the scaling, not to the gradient", of);

    /// <summary>Whether to maximize.</summary>
    /// <inheritdoc cref="LearningRate"/>
    public static bool Maximize<T>(this EntryOptions<T> at)
        where T : ScalingOptimizer => !Of(at).IsScaling
        && at.Flag("maximize", "whether to maximize: the gradient gets the opposite sign", static of => of.Maximize);

    /// <summary>β₁(t).</summary>
    /// <inheritdoc cref="LearningRate"/>
    public static Schedule Beta1<T>(this EntryOptions<T> at)
        where T : MomentOptimizer =>
        Of(at).Schedule("beta1", "β₁, how much of the mean of the gradients is kept", static of => of.Beta1);

    /// <summary>β₂.</summary>
    /// <inheritdoc cref="LearningRate"/>
    public static double Beta2<T>(this EntryOptions<T> at)
        where T : MomentOptimizer =>
        Of(at).Real("beta2", "β₂, how much of the slower mean is kept", static of => of.Beta2);

    /// <summary>ε.</summary>
    /// <inheritdoc cref="LearningRate"/>
    public static double Epsilon<T>(this EntryOptions<T> at)
        where T : MomentOptimizer => Of(at).Real("epsilon", "ε, added to the divisor", static of => of.Epsilon);

    /// <summary>How an update is made orthogonal, made where its errors are gathered.</summary>
    internal static Func<Orthogonalize> Orthogonalize<T>(this EntryOptions<T> at, Func<T, Orthogonalize> of)
        where T : Optimizer
    {
        NewtonSchulzVariant variant =
            at.Choice("variant", "by which polynomials the update is made orthogonal", one => of(one).Variant);
        int steps = at.Integer("steps", "in how many steps, no less than there are polynomials", one => of(one).Steps);
        MatrixScale scale =
            at.Choice("scale", "what the result is multiplied by, by the shape of the leaf", one => of(one).Scale);
        IEnumerable<double> coefficients = at.Reals(
            "coefficients", "a, b and c of a polynomial for each step; those of the variant where there are none",
            one => of(one).Coefficients, allowed: "three finite numbers for each polynomial");
        double? epsilon = at.RealOrNone(
            "epsilon", "ε of the division by the norm; that of the variant where not given", one => of(one).OwnEpsilon,
            Bounds.NotNegative.Allowed);
        return () => Optim.Orthogonalize.Of(variant, steps, scale, coefficients, epsilon);
    }

    /// <summary>How decoupled decay goes by the learning rate and the update.</summary>
    /// <inheritdoc cref="LearningRate"/>
    internal static DecayForm DecayForm<T>(this EntryOptions<T> at)
        where T : ScalingOptimizer => at.IsScaling
        ? Optim.DecayForm.Scaled
        : at.Choice("decayForm", "how the decay goes by the rate and the update", static of => of.DecayForm);

    internal static AmsGrad AmsGrad<T>(this EntryOptions<T> at)
        where T : AdamOptimizer =>
        at.Choice("amsGrad", "whether to divide by the largest second moment so far", static of => of.AmsGrad);

    private static string DecayOf(ScalingOptimizer optimizer) =>
        optimizer.DecouplesDecay ? "λ, decoupled" : "λ, an L2 penalty unless decoupled";

    private static EntryOptions<T> Of<T>(EntryOptions<T> at)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(at);
        return at;
    }
}
