namespace Functional.Optim.Training;

/// <summary>What a hook asks the trainer to do after a step.</summary>
public readonly record struct HookRequest
{
    private HookRequest(HookAction action, string reason = "", double rateFactor = 1) =>
        (Action, Reason, RateFactor) = (action, reason, rateFactor);

    /// <summary>Nothing.</summary>
    public static HookRequest None => default;

    /// <summary>Give the checkpoint of this step to this hook.</summary>
    public static HookRequest Checkpoint { get; } = new(HookAction.Checkpoint);

    /// <summary>Give the checkpoint of this step to every hook, so that one that writes files writes it.</summary>
    public static HookRequest Save { get; } = new(HookAction.Save);

    /// <summary>What is asked for.</summary>
    public HookAction Action { get; }

    /// <summary>Why, in one line.</summary>
    public string Reason => field ?? "";

    /// <summary>What the learning rate is multiplied by after going back.</summary>
    public double RateFactor { get; }

    /// <summary>End the run after this step.</summary>
    /// <param name="reason">Why, in one line.</param>
    public static HookRequest Stop(string reason) => new(HookAction.Stop, reason);

    /// <summary>Go back to the last good checkpoint.</summary>
    /// <param name="reason">Why, in one line.</param>
    /// <param name="rateFactor">
    /// What the learning rate is multiplied by from then on; finite and positive.
    /// </param>
    /// <exception cref="ArgumentException">The factor is not finite and positive.</exception>
    public static HookRequest RollBack(string reason, double rateFactor) =>
        new(HookAction.RollBack, reason, Bounds.Positive.Check(rateFactor, nameof(rateFactor)));
}
