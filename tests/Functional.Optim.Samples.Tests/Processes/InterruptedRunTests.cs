using CommandLine;
using Functional.Optim.Samples.Tests.LanguageModel.Text;
using Functional.Optim.Tests.Processes;

namespace Functional.Optim.Samples.Tests.Processes;

/// <summary>Runs that are asked to end, each by another signal.</summary>
public sealed class InterruptedRunTests(InterruptedRunTests.LongRun shared)
    : IClassFixture<InterruptedRunTests.LongRun>, IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [InterruptFact]
    public void Ctrl_c_leaves_a_checkpoint_from_which_the_run_goes_on() => GoesOn("kill -INT $ID");

    [InterruptFact("TERM")]
    public void A_request_to_terminate_leaves_one_too() => Stops("kill -TERM $ID");

    [InterruptFact("HUP")]
    public void A_terminal_that_closes_leaves_one_too() => Stops("kill -HUP $ID");

    [InterruptFact("QUIT")]
    public void Ctrl_backslash_leaves_one_too() => Stops("kill -QUIT $ID");

    [InterruptFact]
    public void Several_signals_at_once_are_one_request() =>
        GoesOn("kill -STOP $ID; kill -INT $ID; kill -HUP $ID; kill -TERM $ID; kill -CONT $ID");

    [InterruptFact("TERM", "/dev/full")]
    public void An_output_or_an_error_output_that_is_full_or_closed_changes_nothing()
    {
        string[] places = ["2>/dev/full", "2>&-", ">/dev/full", ">&-", "<&- >&- 2>&-"];
        for (int index = 0; index < places.Length; index++)
        {
            SmallRun run = shared.Run with
            {
                Folder = folder.At($"run-{index}"),
                Options = "--steps 1000000 --checkpoint-every 1000000 --eval-every 1",
            };
            // A run that is told to end by its metrics, as it may have no output.
            (int code, _, _) = SmallRun.Program.RunInShell(
                $"$PROGRAM {run.Arguments} {places[index]} & "
                + $"until grep -q '^5,' {run.At(SmallRun.Metrics)} 2>/dev/null || ! kill -0 $! 2>/dev/null; "
                + "do sleep 0.02; done; kill -TERM $!; wait $!");
            Assert.Equal((places[index], ExitCode.Interrupted), (places[index], code));
            Assert.InRange(run.LastReport(), run.Newest().Step - 1, run.Newest().Step);
            SmallRun.AssertWritten(run.Folder);
        }
    }

    private void GoesOn(string kill)
    {
        (SmallRun run, int step) = Stops(kill);
        run.ToEnd();
        // The checkpoint of the interruption is the only difference.
        File.Delete(run.CheckpointAt(step));
        shared.Run.AssertSame(run);
    }

    private (SmallRun Run, int Step) Stops(string kill)
    {
        SmallRun run = shared.Run with { Folder = folder.At("run") };
        (int code, _, string error) = SmallRun.Program.Interrupt(run.Arguments, "step     20", kill);
        Assert.Equal((ExitCode.Interrupted, SampleProgram.Stopping), (code, error.TrimEnd()));
        long step = run.Newest().Step;
        Assert.InRange(step, 20, LongRun.Steps - 1);
        // An evaluation that was cut off is reported when the run goes on.
        Assert.InRange(run.LastReport(), step - 1, step);
        Assert.Equal(shared.Run.Reports().Take((int)run.LastReport()), run.Reports());
        Assert.Equal([step], run.Saved());
        SmallRun.AssertWritten(run.Folder);
        return (run, (int)step);
    }

    /// <summary>
    /// An undisturbed run. Its output is longer than what a pipe holds, so that a run whose output nobody reads waits.
    /// </summary>
    public sealed class LongRun : IDisposable
    {
        internal const int Steps = 800;

        private readonly TemporaryFolder folder = new();

        public LongRun()
        {
            string text = folder.At("text.txt");
            File.WriteAllText(text, Texts.Sentences(300));
            Run = new(text, folder.At("whole"), $"--steps {Steps} --checkpoint-every 2000 --eval-every 1");
            Run.ToEnd();
        }

        internal SmallRun Run { get; }

        public void Dispose() => folder.Dispose();
    }
}
