namespace Functional.Optim.Training;

/// <summary>The results of a train step.</summary>
/// <param name="Loss">The loss before the update, from the gradient source; it may be NaN or infinite.</param>
/// <param name="GradientNorm">
/// ‖g‖ of the gradient from the source: before clipping and zeroing, with all leaves, frozen ones included.
/// </param>
/// <param name="LearningRate">η of the update, also of a skipped one.</param>
/// <param name="Skipped">
/// Whether the update was skipped: loss or gradient were not finite, or a <see cref="TrainHook"/> refused it.
/// </param>
public readonly record struct StepOutcome(double Loss, double GradientNorm, double LearningRate, bool Skipped);
