namespace Functional.Optim.Training;

/// <summary>
/// What a train step does with a gradient that contains a NaN or an infinity. It does not apply to an optimizer that is
/// an <see cref="ApplyIfFinite"/> or contains one, which decides itself.
/// </summary>
public enum NonFinitePolicy
{
    /// <summary>
    /// Throws <see cref="NonFiniteGradientException"/> with the step and the leaf, before anything changes.
    /// </summary>
    Throw,

    /// <summary>
    /// Skips the update, like <see cref="ApplyIfFinite"/> around the optimizer, with its counter and its
    /// limit: more than 10 skips in a row throw <see cref="NonFiniteGradientException"/>. For another
    /// limit use <see cref="ApplyIfFinite.Around"/>.
    /// </summary>
    Skip,

    /// <summary>Replaces the elements that are not finite by zeros, and makes the update.</summary>
    Zero,
}
