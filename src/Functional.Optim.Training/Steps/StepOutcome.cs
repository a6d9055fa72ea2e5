namespace Functional.Optim.Training;

/// <summary>What a train step found and did.</summary>
/// <param name="Loss">The loss before the update, as the gradient source gave it; it may be NaN or infinite.</param>
/// <param name="GradientNorm">‖g‖ as the source gave g: before clipping and before zeroing, every leaf counted, frozen ones too.</param>
/// <param name="LearningRate">η of the update; of the update left out when the step was skipped.</param>
/// <param name="Skipped">Whether no update was made because the gradient is not finite.</param>
public readonly record struct StepOutcome(double Loss, double GradientNorm, double LearningRate, bool Skipped);
