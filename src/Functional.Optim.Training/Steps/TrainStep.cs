using System.Numerics;
using System.Runtime.CompilerServices;

namespace Functional.Optim.Training;

/// <summary>One step of training: the gradients of a batch, the policy for those that are not finite, the update.</summary>
/// <remarks>
/// A loss that is not finite is reported and no more: the policy goes by the gradients, and finite gradients make an update. The
/// gradient of a frozen leaf has to be finite like any other. An optimizer with an <see cref="ApplyIfFinite"/> leaves gradients out itself, and
/// then no policy is asked.
/// </remarks>
public static class TrainStep
{
    private static readonly ConditionalWeakTable<Optimizer, ApplyIfFinite> Skipping = [];

    /// <summary>The step as a pure function of its arguments, as far as the source is one; the state given stays as it is.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <typeparam name="TBatch">The batch.</typeparam>
    /// <param name="optimizer">The optimizer, clipping included.</param>
    /// <param name="gradientSource">The loss and its gradients.</param>
    /// <param name="state">The state after the step before.</param>
    /// <param name="batch">The batch.</param>
    /// <param name="policy">What to do about a gradient that is not finite.</param>
    /// <exception cref="NonFiniteGradientException">
    /// The gradient is not finite and the policy is to throw, or too many in a row were left out.
    /// </exception>
    /// <exception cref="ArgumentException">
    /// The gradients have another layout than the parameters, the state is of another optimizer, or there is no such policy.
    /// </exception>
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
        if (policy is < NonFinitePolicy.Throw or > NonFinitePolicy.Zero)
            throw new ArgumentException($"The policy is {policy}; allowed are Throw, Skip and Zero.", nameof(policy));
        double norm = gradients.GlobalNorm();
        ParameterTree<T> given = gradients;
        bool zeroes = false;
        if (LeavesOut(optimizer))
        {
            // It sees the gradient as it is.
        }
        else if (policy == NonFinitePolicy.Skip)
        {
            optimizer = Skipping.GetValue(optimizer, static inner => ApplyIfFinite.Around(inner));
        }
        else if (!double.IsFinite(norm))
        {
            if (policy == NonFinitePolicy.Throw)
                throw new NonFiniteGradientException(gradients.FirstNonFiniteLeaf()?.Name ?? "every leaf together", state.Step + 1);
            if (donate && given == state.Parameters)
                throw new ArgumentException("The gradient source returned the parameters, and a donating step consumes what it returns; return a copy.");
            zeroes = true;
            gradients = Zeroed(given);
        }

        long update = state.Optimizer.Step + 1, leftOut = state.Optimizer.Counters.LeftOutInARow;
        (ParameterTree<T> parameters, OptimizerState<T> next) = donate
            ? optimizer.StepDonating(state.Parameters, gradients, state.Optimizer)
            : optimizer.Step(state.Parameters, gradients, state.Optimizer);
        if (zeroes && donate) given.Release(nameof(TrainStep));
        bool skipped = next.Counters.LeftOutInARow > leftOut;
        return (
            new TrainState<T>(parameters, next, state.SkippedSteps + (skipped ? 1 : 0)),
            new StepOutcome(loss, norm, optimizer.LearningRateAt(update), skipped));
    }

    /// <summary>Whether the optimizer leaves out gradients that are not finite by itself.</summary>
    private static bool LeavesOut(Optimizer optimizer)
    {
        Optimizer? inside = optimizer;
        while (inside is Wrapper wrapper and not ApplyIfFinite) inside = wrapper.Inner;
        return inside is ApplyIfFinite;
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
