namespace Functional.Optim.Training;

/// <summary>Keeps the checkpoint with the lowest validation loss, as <c>best.safetensors</c> of a folder.</summary>
public sealed class KeepBest : TrainHook
{
    private readonly CheckpointFolder folder;

    private KeepBest(CheckpointFolder folder) => this.folder = folder;

    /// <inheritdoc/>
    public override string Name => "keepBest";

    /// <summary>Makes the hook.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="ArgumentNullException">There is no folder.</exception>
    public static KeepBest OnValidation(CheckpointFolder folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        return new(folder);
    }

    /// <inheritdoc/>
    public override HookRun Start(HookStart start) => new Watching(folder, start);

    private sealed class Watching(CheckpointFolder folder, HookStart start) : HookRun
    {
        private BestLoss best = BestLoss.Parse(start.Memory);
        private bool isNew;

        public override string Memory => best.ToString();

        public override HookRequest After<T>(in TrainMoment<T> moment)
        {
            if (moment.ValidationLoss is not { } loss) return HookRequest.None;
            best = best.With(loss, moment.Step, minImprovement: 0);
            isNew = best.Step == moment.Step;
            return isNew ? HookRequest.Checkpoint : HookRequest.None;
        }

        public override void Save<T>(Checkpoint<T> checkpoint)
        {
            if (!isNew) return;
            isNew = false;
            folder.TrySaveBest(checkpoint).IfFail(error => start.Notify(error.Message));
        }
    }
}
