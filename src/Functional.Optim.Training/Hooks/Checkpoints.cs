using System.Numerics;
using LanguageExt;

namespace Functional.Optim.Training;

/// <summary>
/// Writes a checkpoint to a folder every so many steps, when a hook asks for one, and at the end of the run, however it
/// ends. The newest ones are kept.
/// </summary>
/// <remarks>
/// Training goes on while a checkpoint is written: another thread writes a copy of the state. Where the memory for the
/// copy is not free, and where several processes write it together (<see cref="TreeShard"/>), training waits. A
/// checkpoint that cannot be written is told, and training goes on.
/// </remarks>
public sealed class Checkpoints : TrainHook
{
    private readonly CheckpointFolder folder;
    private readonly long every;
    private readonly int keep;

    private Checkpoints(CheckpointFolder folder, long every, int keep) =>
        (this.folder, this.every, this.keep) = (folder, every, keep);

    /// <inheritdoc/>
    public override string Name => "checkpoints";

    /// <summary>Makes the hook.</summary>
    /// <param name="every">The number of steps from one checkpoint to the next; 1 or more.</param>
    /// <param name="folder">The folder.</param>
    /// <param name="keep">The number of newest checkpoints that are kept; 1 or more.</param>
    /// <exception cref="ArgumentException">A value is out of range, or there is no folder.</exception>
    public static Checkpoints Every(long every, CheckpointFolder folder, int keep = 3)
    {
        ArgumentNullException.ThrowIfNull(folder);
        return new ValidationErrors()
            .Require(every, Bounds.AtLeast(1))
            .Require(keep, Bounds.AtLeast(1))
            .Make(() => new Checkpoints(folder, every, keep))
            .OrThrow(nameof(Checkpoints));
    }

    /// <inheritdoc/>
    public override HookRun Start(HookStart start) => new Writing(this, start);

    private sealed class Writing(Checkpoints settings, HookStart start) : HookRun
    {
        /// <summary>Beside the copy, this part of the free memory stays free.</summary>
        private const double Reserve = 0.1;

        /// <summary>The last failure of the write that runs; empty where it succeeded.</summary>
        private Task<string> writing = Task.FromResult("");
        private long saved = -1;

        public override HookRequest After<T>(in TrainMoment<T> moment)
        {
            if (writing.IsCompleted) Tell();
            return moment.Step % settings.every == 0 ? HookRequest.Save : HookRequest.None;
        }

        public override void Save<T>(Checkpoint<T> checkpoint)
        {
            Tell();
            saved = checkpoint.State.Step;
            // Several processes write it together, in the order of all that they exchange.
            if (checkpoint.State.Parameters.Layout.Shard is not null || !IsFree(checkpoint.State))
            {
                writing = Task.FromResult(Write(checkpoint));
                return;
            }

            TrainState<T> state = checkpoint.State;
            Checkpoint<T> copy = checkpoint with
            {
                State = state with { Parameters = state.Parameters.Copy(), Optimizer = state.Optimizer.Copy() },
            };
            writing = Task.Run(() =>
            {
                string failure = Write(copy);
                copy.State.Parameters.Release(nameof(Checkpoints));
                copy.State.Optimizer.Release(nameof(Checkpoints));
                return failure;
            });
        }

        /// <summary>
        /// One of the regular checkpoints where there is one: those that a stop wrote are not there in a run that was
        /// not stopped.
        /// </summary>
        public override Checkpoint<T>? LastGood<T>(Optimizer optimizer, long beforeStep)
        {
            Tell();
            Fin<FoundCheckpoint<T>> regular = settings.folder.Newest<T>(
                optimizer, step => step < beforeStep && step % settings.every == 0);
            Fin<FoundCheckpoint<T>> last =
                regular.IsSucc ? regular : settings.folder.Newest<T>(optimizer, step => step < beforeStep);
            return last.Match<Checkpoint<T>?>(
                Succ: found => found.Checkpoint,
                Fail: error =>
                {
                    start.Notify(error.Message);
                    return null;
                });
        }

        public override void End<T>(Checkpoint<T>? checkpoint)
        {
            Tell();
            if (checkpoint is null || (checkpoint.State.Step == saved && !failed)) return;
            if (Write(checkpoint) is { Length: > 0 } failure) start.Notify(failure);
        }

        private bool failed;

        /// <summary>Waits for the write that runs, and tells where it failed.</summary>
        private void Tell()
        {
            string failure = writing.GetAwaiter().GetResult();
            writing = Task.FromResult("");
            if (failure.Length == 0) return;
            failed = true;
            start.Notify(failure);
        }

        private string Write<T>(Checkpoint<T> checkpoint)
            where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
            settings.folder.TrySave(checkpoint, settings.keep).Match(Succ: _ => "", Fail: error => error.Message);

        private static bool IsFree<T>(TrainState<T> state)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            GCMemoryInfo memory = GC.GetGCMemoryInfo();
            double free = Math.Max(memory.TotalAvailableMemoryBytes - memory.MemoryLoadBytes, 0);
            double bytes = state.Optimizer.ByteCount
                + ((double)state.Parameters.Layout.ParameterCount * System.Runtime.CompilerServices.Unsafe.SizeOf<T>());
            return bytes < free * (1 - Reserve);
        }
    }
}
