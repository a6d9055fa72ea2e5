using System.Numerics;

namespace Functional.Optim.Training;

/// <summary>What the trainer asks of a model: its gradients and, for evaluation, its loss.</summary>
/// <typeparam name="T">float or double.</typeparam>
/// <typeparam name="TBatch">The batch.</typeparam>
/// <param name="Gradient">The loss and its gradients.</param>
/// <param name="Loss">The loss alone; <see langword="null"/> for a run without evaluation.</param>
/// <exception cref="ArgumentNullException">There is no gradient source.</exception>
public sealed record TrainModel<T, TBatch>(GradientSource<T, TBatch> Gradient, LossSource<T, TBatch>? Loss = null)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The loss and its gradients.</summary>
    public GradientSource<T, TBatch> Gradient { get; init => field = Given(value); } = Given(Gradient);

    private static GradientSource<T, TBatch> Given(GradientSource<T, TBatch> gradient)
    {
        ArgumentNullException.ThrowIfNull(gradient);
        return gradient;
    }
}
