using System.Numerics;

namespace Functional.Optim.Training;

/// <summary>The functions of a model that the trainer needs: its gradients and, for evaluation, its loss.</summary>
/// <typeparam name="T">float or double.</typeparam>
/// <typeparam name="TBatch">The type of a batch.</typeparam>
/// <param name="Gradient">Computes the loss and its gradients.</param>
/// <param name="Loss">Computes the loss alone; <see langword="null"/> for no evaluation.</param>
/// <exception cref="ArgumentNullException">The gradient source is null.</exception>
public sealed record TrainModel<T, TBatch>(GradientSource<T, TBatch> Gradient, LossSource<T, TBatch>? Loss = null)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Computes the loss and its gradients.</summary>
    public GradientSource<T, TBatch> Gradient { get; init => field = Given(value); } = Given(Gradient);

    /// <summary>Fails unless an evaluation has all that it takes, or nothing.</summary>
    /// <exception cref="ArgumentException">There is a loss without validation batches, or the other way.</exception>
    internal void RequireEvaluation(Delegate? validation)
    {
        if (Loss is null == validation is null) return;
        throw new ArgumentException(
            "An evaluation takes a loss of the model and validation batches; one of them is null.", nameof(validation));
    }

    private static GradientSource<T, TBatch> Given(GradientSource<T, TBatch> gradient)
    {
        ArgumentNullException.ThrowIfNull(gradient);
        return gradient;
    }
}
