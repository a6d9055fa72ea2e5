using System.Diagnostics;
using System.Numerics;

namespace Functional.Optim.Training;

/// <summary>
/// The loss of one batch as a function of the parameters, for an optimizer that evaluates it several times in a step.
/// It records the first evaluation, and applies the policy for gradients that are not finite.
/// </summary>
internal sealed class BatchFunction<T, TBatch>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly GradientSource<T, TBatch> source;
    private TBatch? batch;
    private long step;
    private NonFinitePolicy? policy;
    private bool isDonated;

    internal BatchFunction(GradientSource<T, TBatch> source)
    {
        this.source = source;
        Function = At;
    }

    internal ValueAndGradient<T> Function { get; }

    /// <summary>The number of evaluations since <see cref="Begin"/>.</summary>
    internal int Evaluations { get; private set; }

    /// <summary>The loss of the first evaluation.</summary>
    internal double Loss { get; private set; }

    /// <summary>The norm of the gradient of the first evaluation.</summary>
    internal double Norm { get; private set; }

    /// <summary>The time that the source took since <see cref="Begin"/>.</summary>
    internal TimeSpan SourceTime { get; private set; }

    /// <summary>Starts a step.</summary>
    /// <param name="stepBatch">The batch.</param>
    /// <param name="number">The number of the step.</param>
    /// <param name="stepPolicy">The policy; <see langword="null"/> when the optimizer itself skips gradients.</param>
    /// <param name="donate">Whether the gradients are consumed.</param>
    internal void Begin(TBatch stepBatch, long number, NonFinitePolicy? stepPolicy, bool donate)
    {
        (batch, step, policy, isDonated) = (stepBatch, number, stepPolicy, donate);
        (Evaluations, Loss, Norm, SourceTime) = (0, double.NaN, double.NaN, default);
    }

    private (double Loss, ParameterTree<T> Gradients) At(ParameterTree<T> parameters)
    {
        long began = Stopwatch.GetTimestamp();
        (double loss, ParameterTree<T> gradients) = source(parameters, batch!, step);
        SourceTime += Stopwatch.GetElapsedTime(began);
        bool isFirst = Evaluations++ == 0;
        if (!isFirst && policy != NonFinitePolicy.Zero) return (loss, gradients);
        double norm = gradients.GlobalNorm();
        if (isFirst) (Loss, Norm) = (loss, norm);
        if (policy is null) return (loss, gradients);
        if (double.IsFinite(norm))
        {
            return double.IsFinite(loss) || policy == NonFinitePolicy.Zero
                ? (loss, gradients)
                : throw NonFiniteGradientException.OfLoss(step);
        }

        if (policy != NonFinitePolicy.Zero) throw TrainStep.NonFiniteError(gradients, step);
        ParameterTree<T> zeroed = TrainStep.Zeroed(gradients);
        if (isDonated && !gradients.IsIn(parameters)) gradients.Release(nameof(TrainStep));
        return (loss, zeroed);
    }
}
