namespace Functional.Optim.Training;

/// <summary>The run that a hook takes part in.</summary>
/// <param name="Step">The number of finished steps; more than 0 in a resumed run.</param>
/// <param name="TotalSteps">The number of steps of the whole run.</param>
/// <param name="Memory">
/// What the hook remembered at the checkpoint (<see cref="HookRun.Memory"/>); empty where the run starts.
/// </param>
/// <param name="RollBacks">How often the run went back to a checkpoint until now.</param>
/// <param name="Notify">Tells the user of the run something, in one line.</param>
public readonly record struct HookStart(
    long Step, long TotalSteps, string Memory, long RollBacks, Action<string> Notify);
