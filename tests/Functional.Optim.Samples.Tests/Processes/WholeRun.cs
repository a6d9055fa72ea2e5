using Functional.Optim.Samples.Tests.LanguageModel.Text;
using Functional.Optim.Tests.Processes;

namespace Functional.Optim.Samples.Tests.Processes;

/// <summary>An undisturbed run of 60 steps with a checkpoint after every 10, with which others are compared.</summary>
public sealed class WholeRun : IDisposable
{
    internal const int Steps = 60, CheckpointEvery = 10;

    private readonly TemporaryFolder folder = new();

    public WholeRun()
    {
        string text = folder.At("text.txt");
        File.WriteAllText(text, Texts.Sentences(800));
        Run = new(text, folder.At("whole"), $"--steps {Steps} --checkpoint-every {CheckpointEvery} --eval-every 7");
        Run.ToEnd();
    }

    internal SmallRun Run { get; }

    public void Dispose() => folder.Dispose();

    /// <summary>A copy of the run as if it had been killed before the checkpoint of its last step.</summary>
    internal SmallRun KilledIn(string path) => Run.CopyTo(
        path, ".lock", SmallRun.Parameters, "loss.png", Path.GetFileName(Run.CheckpointAt(Steps)));
}
