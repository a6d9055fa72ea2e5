namespace Functional.Optim.Training;

/// <summary>What can be wrong with a run.</summary>
public enum Fault
{
    /// <summary>The loss became NaN or infinite, or ended far above its start.</summary>
    LossExploding,

    /// <summary>
    /// A gradient was not finite: its step was skipped, its elements were zeroed, or it ended the run.
    /// </summary>
    NonFiniteGradients,

    /// <summary>The loss at the end is that of the start.</summary>
    LossNotFalling,

    /// <summary>The loss still fell at the end about as fast as on average: the run ended too early.</summary>
    SlowConvergence,

    /// <summary>The validation loss rises while the training loss falls.</summary>
    Overfitting,

    /// <summary>The loss of single steps is far above those before, and comes back.</summary>
    LossSpikes,

    /// <summary>The gradient of some leaves is tiny beside that of others.</summary>
    VanishingGradients,

    /// <summary>The norm of the gradient grew far above that of the start.</summary>
    ExplodingGradients,

    /// <summary>Leaves have no gradient, or their updates change nothing.</summary>
    DeadLeaves,

    /// <summary>Each update replaces a large part of a leaf.</summary>
    ExplodingUpdates,

    /// <summary>The loss rises again or oscillates, or the updates are large and the loss does not fall.</summary>
    LearningRateTooHigh,

    /// <summary>The updates are tiny, and the loss falls in a straight line or not at all.</summary>
    LearningRateTooLow,
}
