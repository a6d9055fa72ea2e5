using System.Numerics;

namespace Functional.Optim.Training;

/// <summary>One step of training: the gradients of a batch, the policy for those that are not finite, the update.</summary>
/// <remarks>
/// A loss that is not finite is reported and no more: the policy goes by the gradients, and finite gradients make an update. The
/// gradient of a frozen leaf has to be finite like any other.
/// </remarks>
public static class TrainStep
{
    /// <summary>The step as a pure function of its arguments, as far as the source is one; the state given stays as it is.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <typeparam name="TBatch">The batch.</typeparam>
    /// <param name="optimizer">The optimizer, clipping included.</param>
    /// <param name="gradientSource">The loss and its gradients.</param>
    /// <param name="state">The state after the step before.</param>
    /// <param name="batch">The batch.</param>
    /// <param name="policy">What to do about a gradient that is not finite.</param>
    /// <exception cref="NonFiniteGradientException">The gradient is not finite and the policy is to throw.</exception>
    /// <exception cref="ArgumentException">The gradients have another layout than the parameters.</exception>
    public static (TrainState<T> State, StepOutcome Outcome) Run<T, TBatch>(
        Optimizer optimizer, GradientSource<T, TBatch> gradientSource, TrainState<T> state, TBatch batch,
        NonFinitePolicy policy = NonFinitePolicy.Throw)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        ArgumentNullException.ThrowIfNull(gradientSource);
        (double loss, ParameterTree<T> gradients) = gradientSource(state.Parameters, batch, state.Step + 1);
        return Apply(optimizer, loss, gradients, state, policy, donate: false);
    }

    /// <summary>
    /// The same step, to the bit, that consumes the state and the gradients and reuses their memory: no allocation in the steady
    /// state. A step that throws consumes nothing of the state.
    /// </summary>
    /// <inheritdoc cref="Run"/>
    public static (TrainState<T> State, StepOutcome Outcome) RunDonating<T, TBatch>(
        Optimizer optimizer, GradientSource<T, TBatch> gradientSource, TrainState<T> state, TBatch batch,
        NonFinitePolicy policy = NonFinitePolicy.Throw)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        ArgumentNullException.ThrowIfNull(gradientSource);
        (double loss, ParameterTree<T> gradients) = gradientSource(state.Parameters, batch, state.Step + 1);
        return Apply(optimizer, loss, gradients, state, policy, donate: true);
    }

    /// <summary>What follows the gradients: norm, policy, update.</summary>
    internal static (TrainState<T> State, StepOutcome Outcome) Apply<T>(
        Optimizer optimizer, double loss, ParameterTree<T> gradients, TrainState<T> state, NonFinitePolicy policy, bool donate)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        double norm = gradients.GlobalNorm();
        StepOutcome outcome = new(loss, norm, optimizer.LearningRateAt(state.Optimizer.Step + 1), Skipped: false);
        if (!double.IsFinite(norm))
        {
            if (policy == NonFinitePolicy.Throw)
                throw new NonFiniteGradientException(gradients.FirstNonFiniteLeaf()?.Name ?? "every leaf together", state.Step + 1);
            ParameterTree<T> given = gradients;
            if (policy == NonFinitePolicy.Zero) gradients = Zeroed(given);
            if (donate) given.Release(nameof(TrainStep));
            if (policy == NonFinitePolicy.Skip) return (Kept(state, donate), outcome with { Skipped = true });
        }

        (ParameterTree<T> parameters, OptimizerState<T> next) = donate
            ? optimizer.StepDonating(state.Parameters, gradients, state.Optimizer)
            : optimizer.Step(state.Parameters, gradients, state.Optimizer);
        return (state with { Parameters = parameters, Optimizer = next }, outcome);
    }

    /// <summary>The same numbers after a skipped step: a copy, or in place of the state that is consumed its own memory.</summary>
    private static TrainState<T> Kept<T>(TrainState<T> state, bool donate)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        const string consumer = nameof(TrainStep) + "; use the state that it returned";
        return state with
        {
            Parameters = donate ? state.Parameters.HandOn(consumer) : state.Parameters.Copy(),
            Optimizer = donate ? state.Optimizer.HandOn(consumer) : state.Optimizer.Copy(),
            SkippedSteps = state.SkippedSteps + 1,
        };
    }

    private static ParameterTree<T> Zeroed<T>(ParameterTree<T> gradients)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        TreeBuffer<T> finite = gradients.Layout.Rent<T>();
        ReadOnlySpan<T> source = gradients.AsSpan();
        Span<T> destination = finite.AsSpan();
        for (int index = 0; index < source.Length; index++)
        {
            if (T.IsFinite(source[index])) destination[index] = source[index];
        }

        return finite.ToTree();
    }
}
