using System.Numerics;
using System.Runtime.CompilerServices;

namespace Functional.Optim.Training;

/// <summary>
/// One step of training: the gradients of a batch, the policy for gradients that are not finite, and the update.
/// </summary>
/// <remarks>
/// The policy holds for the loss and the gradients; under <see cref="NonFinitePolicy.Zero"/> the gradients alone
/// decide. The gradients of frozen leaves must be finite too. An optimizer with an <see cref="ApplyIfFinite"/> skips
/// gradients itself; the policy then does not apply, and the loss is only reported. A <see cref="FunctionOptimizer"/>
/// evaluates the source several times in a step, always for the same batch; the first evaluation is reported.
/// </remarks>
public static class TrainStep
{
    private static readonly ConditionalWeakTable<Optimizer, ApplyIfFinite> SkippingOptimizers = [];

    /// <summary>
    /// Makes a step as a pure function of its arguments, provided that the
    /// source is one. The given state stays as it is.
    /// </summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <typeparam name="TBatch">The type of a batch.</typeparam>
    /// <param name="optimizer">The optimizer, clipping included.</param>
    /// <param name="gradientSource">Computes the loss and its gradients.</param>
    /// <param name="state">The state before the step.</param>
    /// <param name="batch">The batch.</param>
    /// <param name="policy">What to do with a loss or a gradient that is not finite.</param>
    /// <param name="maxConsecutiveSkips">The maximum number of steps that the policy skips in a row; 0 or more.</param>
    /// <exception cref="NonFiniteGradientException">
    /// The loss or the gradient is not finite and the policy is to throw, or too many steps in a row were skipped.
    /// </exception>
    /// <exception cref="ArgumentException">
    /// The layout of the gradients differs from that of the parameters, the state belongs to
    /// another optimizer, there is no such policy, or the maximum is negative.
    /// </exception>
    public static (TrainState<T> State, StepOutcome Outcome) Run<T, TBatch>(
        Optimizer optimizer,
        GradientSource<T, TBatch> gradientSource,
        TrainState<T> state,
        TBatch batch,
        NonFinitePolicy policy = NonFinitePolicy.Throw,
        long maxConsecutiveSkips = ApplyIfFinite.DefaultMaxConsecutiveSkips)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        Make(optimizer, gradientSource, state, batch, new(policy, maxConsecutiveSkips), donate: false);

    /// <summary>
    /// Makes the same step, with the same bits, but consumes the state and the gradients and reuses their memory: no
    /// allocation in the steady state. A step that throws does not consume the state.
    /// </summary>
    /// <inheritdoc cref="Run"/>
    public static (TrainState<T> State, StepOutcome Outcome) RunDonating<T, TBatch>(
        Optimizer optimizer,
        GradientSource<T, TBatch> gradientSource,
        TrainState<T> state,
        TBatch batch,
        NonFinitePolicy policy = NonFinitePolicy.Throw,
        long maxConsecutiveSkips = ApplyIfFinite.DefaultMaxConsecutiveSkips)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        Make(optimizer, gradientSource, state, batch, new(policy, maxConsecutiveSkips), donate: true);

    private static (TrainState<T> State, StepOutcome Outcome) Make<T, TBatch>(
        Optimizer optimizer,
        GradientSource<T, TBatch> gradientSource,
        TrainState<T> state,
        TBatch batch,
        StepPolicy policy,
        bool donate)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        ArgumentNullException.ThrowIfNull(gradientSource);
        if (optimizer is FunctionOptimizer functionOptimizer)
        {
            BatchFunction<T, TBatch> function = new(gradientSource);
            return Apply(functionOptimizer, function, state, batch, policy, donate);
        }

        (double loss, ParameterTree<T> gradients) = gradientSource(state.Parameters, batch, state.Step + 1);
        return Apply(optimizer, loss, gradients, state, policy, donate);
    }

    /// <summary>The part of a step after the gradients: norm, policy, update.</summary>
    internal static (TrainState<T> State, StepOutcome Outcome) Apply<T>(
        Optimizer optimizer,
        double loss,
        ParameterTree<T> gradients,
        TrainState<T> state,
        StepPolicy policy,
        bool donate)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        policy.Require();
        double norm = gradients.GlobalNorm();
        ParameterTree<T> given = gradients;
        bool skipsItself = SkipsNonFinite(optimizer), zeroes = false;
        if (policy.Accepts?.Invoke(loss, norm) == false) return Skip(consecutiveSkips: 0);
        // Where the gradient is not finite either, it says more.
        bool isLossAlone = !double.IsFinite(loss) && double.IsFinite(norm);
        if (isLossAlone && !skipsItself && policy.NonFinite != NonFinitePolicy.Zero)
        {
            long before = state.Optimizer.Counters.ConsecutiveSkips;
            return policy.NonFinite == NonFinitePolicy.Skip && before < policy.MaxConsecutiveSkips
                ? Skip(before + 1)
                : throw NonFiniteGradientException.OfLoss(state.Step + 1);
        }

        if (skipsItself)
        {
            // The optimizer decides itself what to do with the gradient.
        }
        else if (policy.NonFinite == NonFinitePolicy.Skip)
        {
            optimizer = Skipping(optimizer, policy.MaxConsecutiveSkips);
        }
        else if (!double.IsFinite(norm))
        {
            if (policy.NonFinite == NonFinitePolicy.Throw) throw NonFiniteError(gradients, state.Step + 1);
            RequireOwn();
            zeroes = true;
            gradients = Zeroed(given);
        }

        long update = state.Optimizer.Step + 1, skipsBefore = state.Optimizer.Counters.ConsecutiveSkips;
        (ParameterTree<T> parameters, OptimizerState<T> next) = donate
            ? optimizer.StepDonating(state.Parameters, gradients, state.Optimizer)
            : optimizer.Step(state.Parameters, gradients, state.Optimizer);
        if (zeroes && donate) given.Release(nameof(TrainStep));
        bool skipped = next.Counters.ConsecutiveSkips > skipsBefore;
        return (
            new TrainState<T>(parameters, next, state.SkippedSteps + (skipped ? 1 : 0)),
            new StepOutcome(loss, norm, optimizer.LearningRateAt(update), skipped));

        (TrainState<T> State, StepOutcome Outcome) Skip(long consecutiveSkips)
        {
            RequireOwn();
            double rate = optimizer.LearningRateAt(state.Optimizer.Step + 1);
            TrainState<T> kept = Skipped(state, consecutiveSkips, donate);
            if (donate) given.Release(nameof(TrainStep));
            return (kept, new StepOutcome(loss, norm, rate, Skipped: true));
        }

        void RequireOwn()
        {
            if (donate && given.IsIn(state.Parameters))
            {
                throw new ArgumentException(
                    "The gradient source returned the parameters, and a donating step consumes what it returns; "
                    + "return a copy.");
            }
        }
    }

    /// <summary>The state after a step without an update.</summary>
    private static TrainState<T> Skipped<T>(TrainState<T> state, long consecutiveSkips, bool donate)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        UpdateCounters before = state.Optimizer.Counters;
        OptimizerState<T> kept = donate ? state.Optimizer.Transfer(nameof(TrainStep)) : state.Optimizer.Copy();
        return new(
            donate ? state.Parameters.Transfer(nameof(TrainStep)) : state.Parameters.Copy(),
            kept.With(before with
            {
                SkippedUpdates = before.SkippedUpdates + 1, ConsecutiveSkips = consecutiveSkips,
            }),
            state.SkippedSteps + 1);
    }

    /// <summary>
    /// A step of an optimizer that evaluates loss and gradient itself, each time for the same batch. The
    /// policy depends on the first gradient, and on the gradients that the optimizer rejects. Zeros
    /// replace non-finite elements in every gradient.
    /// </summary>
    internal static (TrainState<T> State, StepOutcome Outcome) Apply<T, TBatch>(
        FunctionOptimizer optimizer,
        BatchFunction<T, TBatch> function,
        TrainState<T> state,
        TBatch batch,
        StepPolicy policy,
        bool donate)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        policy.Require();
        bool skipsItself = SkipsNonFinite(optimizer);
        UpdateCounters before = state.Optimizer.Counters;
        long update = state.Optimizer.Step + 1;
        function.Begin(batch, state.Step + 1, skipsItself ? null : policy.NonFinite, donate);
        TrainState<T> next;
        bool skipped = false;
        try
        {
            (ParameterTree<T> parameters, OptimizerState<T> stepped, _) = donate
                ? optimizer.StepDonating(function.Function, state.Parameters, state.Optimizer)
                : optimizer.Step(function.Function, state.Parameters, state.Optimizer);
            if (skipsItself) skipped = stepped.Counters.ConsecutiveSkips > before.ConsecutiveSkips;
            else if (stepped.Counters.ConsecutiveSkips > 0 && policy.NonFinite == NonFinitePolicy.Skip)
                stepped = stepped.With(stepped.Counters with { ConsecutiveSkips = 0 });
            next = new(parameters, stepped, state.SkippedSteps + (skipped ? 1 : 0));
        }
        catch (NonFiniteGradientException) when (
            policy.NonFinite == NonFinitePolicy.Skip
            && !skipsItself
            && before.ConsecutiveSkips < policy.MaxConsecutiveSkips)
        {
            skipped = true;
            next = Skipped(state, before.ConsecutiveSkips + 1, donate);
        }

        return (next, new StepOutcome(function.Loss, function.Norm, optimizer.LearningRateAt(update), skipped));
    }

    /// <summary>The optimizer inside an <see cref="ApplyIfFinite"/>, always the same one for an optimizer.</summary>
    private static ApplyIfFinite Skipping(Optimizer optimizer, long maxConsecutiveSkips)
    {
        if (SkippingOptimizers.TryGetValue(optimizer, out ApplyIfFinite? known)
            && known.MaxConsecutiveSkips == maxConsecutiveSkips)
            return known;
        ApplyIfFinite made = ApplyIfFinite.Around(optimizer, maxConsecutiveSkips);
        SkippingOptimizers.AddOrUpdate(optimizer, made);
        return made;
    }

    /// <summary>Whether the optimizer itself skips gradients that are not finite.</summary>
    private static bool SkipsNonFinite(Optimizer optimizer)
    {
        Optimizer inside = optimizer;
        while (inside is not ApplyIfFinite)
        {
            if (inside is Wrapper wrapper) inside = wrapper.Inner;
            else if (inside is FunctionWrapper around) inside = around.Inner;
            else return false;
        }

        return true;
    }

    /// <summary>The exception of <see cref="NonFinitePolicy.Throw"/>.</summary>
    internal static NonFiniteGradientException NonFiniteError<T>(ParameterTree<T> gradients, long step)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        new(gradients.FirstNonFiniteLeaf()?.Name ?? "every leaf together", step);

    internal static ParameterTree<T> Zeroed<T>(ParameterTree<T> gradients)
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
