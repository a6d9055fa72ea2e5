using System.Diagnostics;
using System.Numerics;

namespace Functional.Optim.Training;

/// <summary>
/// The loss of one batch as a function of the parameters, for an optimizer that asks several times in a step. It keeps what the first
/// call found, and applies the policy for gradients that are not finite.
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

    /// <summary>How often it was asked since <see cref="Begin"/>.</summary>
    internal int Evaluations { get; private set; }

    /// <summary>The loss at the first call.</summary>
    internal double Loss { get; private set; }

    /// <summary>The norm of the gradient at the first call.</summary>
    internal double Norm { get; private set; }

    /// <summary>How long the source took since <see cref="Begin"/>.</summary>
    internal TimeSpan SourceTime { get; private set; }

    /// <summary>Starts a step.</summary>
    /// <param name="ofStep">Its batch.</param>
    /// <param name="number">Its number.</param>
    /// <param name="asked">The policy; none where the optimizer itself leaves gradients out.</param>
    /// <param name="donate">Whether the gradients are consumed.</param>
    internal void Begin(TBatch ofStep, long number, NonFinitePolicy? asked, bool donate)
    {
        (batch, step, policy, isDonated) = (ofStep, number, asked, donate);
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
        if (double.IsFinite(norm) || policy is null) return (loss, gradients);
        if (policy != NonFinitePolicy.Zero) throw TrainStep.Refusal(gradients, step);
        ParameterTree<T> zeroed = TrainStep.Zeroed(gradients);
        if (isDonated && !gradients.IsIn(parameters)) gradients.Release(nameof(TrainStep));
        return (loss, zeroed);
    }
}
