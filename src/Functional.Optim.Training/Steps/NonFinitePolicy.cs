namespace Functional.Optim.Training;

/// <summary>What a train step does about a gradient with a NaN or an infinity.</summary>
public enum NonFinitePolicy
{
    /// <summary>Throws <see cref="NonFiniteGradientException"/>, naming the step and the leaf, before anything is changed.</summary>
    Throw,

    /// <summary>Makes no update and counts the step in <see cref="TrainState{T}.SkippedSteps"/>.</summary>
    Skip,

    /// <summary>Puts zeros in the place of the elements that are not finite, and makes the update.</summary>
    Zero,
}
