using TorchSharp;

namespace Functional.Optim.TorchSharp;

/// <summary>
/// The learning rate of the next update, for code that reads it from the groups of an optimizer. It cannot be set: a
/// schedule belongs to the optimizer.
/// </summary>
internal sealed class NextRate(Func<double> rate, Optimizer optimizer) : torch.optim.ILearningRateController
{
    public double LearningRate
    {
        get => rate();
        set => throw Fixed(value);
    }

    public double InitialLearningRate
    {
        get => optimizer.LearningRateAt(1);
        set => throw Fixed(value);
    }

    private NotSupportedException Fixed(double value) => new(
        $"The learning rate of {optimizer} cannot be set to {value}; give the optimizer a schedule instead of a "
        + "torch.optim.lr_scheduler, such as AdamW.Of(Schedule.Cosine(3e-4, totalSteps: 1000)).");
}
