namespace Functional.Optim.Training;

/// <summary>
/// What a train step does with a loss or a gradient that is NaN or infinite. It does not apply to an optimizer that is
/// an <see cref="ApplyIfFinite"/> or contains one, which decides itself.
/// </summary>
public enum NonFinitePolicy
{
    /// <summary>
    /// Throws <see cref="NonFiniteGradientException"/> with the step and the leaf, before anything changes.
    /// </summary>
    Throw,

    /// <summary>
    /// Skips the update, like <see cref="ApplyIfFinite"/> around the optimizer, with its counter: more skips in a row
    /// than the maximum, 10 by default, throw <see cref="NonFiniteGradientException"/>.
    /// </summary>
    Skip,

    /// <summary>
    /// Replaces the elements of the gradient that are not finite by zeros, and makes the update, whatever the loss.
    /// </summary>
    Zero,
}
