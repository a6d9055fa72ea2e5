namespace Functional.Optim.Training;

/// <summary>
/// What a train step does about a gradient with a NaN or an infinity. An optimizer that is an <see cref="ApplyIfFinite"/>, or has one inside,
/// decides this itself, and no policy is asked.
/// </summary>
public enum NonFinitePolicy
{
    /// <summary>Throws <see cref="NonFiniteGradientException"/>, naming the step and the leaf, before anything is changed.</summary>
    Throw,

    /// <summary>
    /// Makes no update, as <see cref="ApplyIfFinite"/> around the optimizer does, with its counter and its limit: more than 10 in a row throw
    /// <see cref="NonFiniteGradientException"/>. For another limit take <see cref="ApplyIfFinite.Around"/>.
    /// </summary>
    Skip,

    /// <summary>Puts zeros in the place of the elements that are not finite, and makes the update.</summary>
    Zero,
}
