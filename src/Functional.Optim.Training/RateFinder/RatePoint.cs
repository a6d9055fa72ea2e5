namespace Functional.Optim.Training;

/// <summary>One step of a learning-rate range test.</summary>
/// <param name="Rate">The learning rate of the step.</param>
/// <param name="Loss">The loss before its update.</param>
/// <param name="SmoothedLoss">The exponential average of the losses so far.</param>
public readonly record struct RatePoint(double Rate, double Loss, double SmoothedLoss);
