using CommandLine;
using Functional.Optim.Samples.Tests.LanguageModel.Text;
using Functional.Optim.Tests.Processes;

namespace Functional.Optim.Samples.Tests.Processes;

/// <summary>What a resume continues, and what it refuses.</summary>
public sealed class ResumedRunTests(WholeRun shared) : IClassFixture<WholeRun>, IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly SmallRun whole = shared.Run;

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_run_that_is_resumed_takes_its_options_from_its_checkpoint()
    {
        SmallRun killed = shared.KilledIn(folder.At("run"));
        (int code, string output, string error) = SmallRun.Program.Run($"--resume --out {killed.Folder}");
        Assert.Equal(("", ExitCode.Success), (error, code));
        Assert.Contains("from step 50 of 60", output, StringComparison.Ordinal);
        whole.AssertSame(killed);
    }

    [Fact]
    public void A_run_without_a_checkpoint_starts_anew_and_says_so()
    {
        SmallRun run = whole with { Folder = folder.At("run") };
        (int code, string output, string error) = SmallRun.Program.Run(run.Arguments);
        Assert.Equal(("", ExitCode.Success), (error, code));
        Assert.Contains($"'{run.Folder}' has no checkpoint yet", output, StringComparison.Ordinal);
        whole.AssertSame(run);
    }

    [Fact]
    public void A_resume_of_a_finished_run_changes_nothing()
    {
        SmallRun finished = whole.CopyTo(folder.At("run"));
        (int code, string output, string error) = SmallRun.Program.Run(finished.Arguments);
        Assert.Equal(("", ExitCode.Success), (error, code));
        Assert.Contains("all 60 steps were made before", output, StringComparison.Ordinal);
        whole.AssertSame(finished);
        Assert.Equal(File.ReadAllText(whole.At(SmallRun.Metrics)), File.ReadAllText(finished.At(SmallRun.Metrics)));
    }

    [Fact]
    public void A_finished_run_goes_on_when_more_steps_are_allowed()
    {
        SmallRun longer = whole.CopyTo(folder.At("run")) with { Options = "--steps 80" };
        AssertRefused(longer, "steps was 60, is 80", "--allow-change steps");
        SmallRun allowed = longer with { Options = "--steps 80 --allow-change steps" };
        allowed.ToEnd();
        Assert.Equal(80, allowed.Newest().Step);
        Assert.Equal(Enumerable.Range(1, 80), allowed.Reports().Select(report => (int)report.Step));
        Assert.Equal(whole.Reports(), allowed.Reports().Take(WholeRun.Steps).Select(
            report => report with { TotalSteps = WholeRun.Steps }));
        // It has the new setting from now on.
        (allowed with { Options = "" }).ToEnd();
    }

    [Fact]
    public void A_changed_option_is_refused_with_every_difference_unless_each_is_allowed()
    {
        SmallRun killed = shared.KilledIn(folder.At("run"));
        const string Changed = "--learning-rate 0.5 --clip 3";
        SmallRun changed = killed with { Options = $"{killed.Options} {Changed}" };
        AssertRefused(changed, "clip was 1, is 3", "learning-rate was 0.001, is 0.5");
        AssertRefused(
            changed with { Options = $"{changed.Options} --allow-change clip" }, "learning-rate was 0.001, is 0.5");
        SmallRun allowed = changed with
        {
            Options = $"{changed.Options} --allow-change clip --allow-change learning-rate",
        };
        allowed.ToEnd();
        Assert.Equal(WholeRun.Steps, allowed.Newest().Step);
        Assert.NotEqual(whole.Newest().State, allowed.Newest().State);
    }

    [Theory]
    [InlineData("--width 32", "width")]
    [InlineData("--context 4", "context")]
    [InlineData("--optimizer lion", "optimizer")]
    public void A_change_that_the_state_does_not_allow_is_refused_whatever_is_allowed(string option, string name)
    {
        SmallRun killed = shared.KilledIn(folder.At("run"));
        AssertRefused(killed with
        {
            Options = $"{killed.Options} {option} --allow-change {name} --allow-change weight-decay",
        });
    }

    [Fact]
    public void Another_text_is_refused_unless_it_is_allowed()
    {
        string other = folder.At("other.txt");
        File.WriteAllText(other, Texts.Sentences(900));
        SmallRun killed = shared.KilledIn(folder.At("run")) with { TextFile = other };
        AssertRefused(killed, "text was sha256:", "--allow-change text");
        (killed with { Options = $"{killed.Options} --allow-change text" }).ToEnd();
        Assert.Equal(WholeRun.Steps, killed.Newest().Step);
    }

    [Theory]
    [InlineData("weight", "wéight")]
    [InlineData("e", "ë")]
    public void A_text_with_another_vocabulary_is_refused_even_if_another_text_is_allowed(string word, string instead)
    {
        string other = folder.At("other.txt");
        File.WriteAllText(other, Texts.Sentences(900).Replace(word, instead, StringComparison.Ordinal));
        SmallRun killed = shared.KilledIn(folder.At("run")) with { TextFile = other };
        AssertRefused(killed with { Options = $"{killed.Options} --allow-change text" });
    }

    [Fact]
    public void A_damaged_newest_checkpoint_is_told_and_the_one_before_is_taken()
    {
        SmallRun killed = shared.KilledIn(folder.At("run"));
        string newest = killed.CheckpointAt(50);
        Damage(newest);
        (int code, string output, string error) = SmallRun.Program.Run(killed.Arguments);
        Assert.Equal(ExitCode.Success, code);
        Assert.StartsWith($"Cannot read '{newest}': ", Assert.Single(error.TrimEnd().Split('\n')),
            StringComparison.Ordinal);
        Assert.Contains("from step 40 of 60", output, StringComparison.Ordinal);
        whole.AssertSame(killed);
    }

    [Fact]
    public void A_folder_whose_checkpoints_are_all_damaged_is_refused_and_left_as_it_is()
    {
        SmallRun killed = shared.KilledIn(folder.At("run"));
        foreach (string file in Directory.GetFiles(killed.Folder, "*.safetensors")) Damage(file);
        AssertRefused(killed, killed.CheckpointAt(50), killed.CheckpointAt(40));
    }

    [Theory]
    [InlineData("--steps 49 --allow-change steps", "has made 50 steps; --steps is 49")]
    [InlineData("--allow-change stps --allow-change steps", "--allow-change names stps; allowed are ")]
    [InlineData("--overwrite", "--resume continues a run and --overwrite removes it")]
    public void Options_that_make_no_sense_with_a_resume_are_refused(string options, string expected)
    {
        SmallRun killed = shared.KilledIn(folder.At("run"));
        AssertRefused(killed with { Options = options }, expected);
    }

    [Fact]
    public void Damaged_metrics_are_told_and_not_thrown_away()
    {
        SmallRun killed = shared.KilledIn(folder.At("run"));
        const string Damaged = "step,loss\n1,2\n";
        File.WriteAllText(killed.At(SmallRun.Metrics), Damaged);
        (int _, string _, string error) = SmallRun.Program.Run(killed.Arguments);
        Assert.Contains(killed.At(SmallRun.Metrics), error, StringComparison.Ordinal);
        Assert.Contains(Directory.GetFiles(killed.Folder), file => File.ReadAllText(file) == Damaged);
    }

    [Fact]
    public void A_new_run_does_not_take_the_folder_of_another_one()
    {
        SmallRun killed = shared.KilledIn(folder.At("run"));
        AssertRefused(killed.Arguments.Replace(" --resume ", " ", StringComparison.Ordinal), killed, "--resume");
        // The best checkpoint alone is worth keeping too.
        SmallRun best = whole.CopyTo(
            folder.At("best"), [.. whole.Contents().Keys.Where(name => name != SmallRun.Best)]);
        AssertRefused(best.Arguments.Replace(" --resume ", " ", StringComparison.Ordinal), best, "--overwrite");
    }

    private static void AssertRefused(SmallRun run, params string[] expected) =>
        AssertRefused(run.Arguments, run, expected);

    /// <summary>Fails unless a start is refused with one line that says some things, and changes no file.</summary>
    private static void AssertRefused(string arguments, SmallRun run, params string[] expected)
    {
        IReadOnlyDictionary<string, string> before = run.Contents();
        string metrics = File.ReadAllText(run.At(SmallRun.Metrics));
        (int code, _, string error) = SmallRun.Program.Run(arguments);
        string line = Assert.Single(error.TrimEnd().Split('\n'));
        Assert.Equal(ExitCode.WrongUse, code);
        Assert.All(expected, part => Assert.Contains(part, line, StringComparison.Ordinal));
        Assert.Equal(before, run.Contents());
        Assert.Equal(metrics, File.ReadAllText(run.At(SmallRun.Metrics)));
    }

    private static void Damage(string file)
    {
        byte[] bytes = File.ReadAllBytes(file);
        bytes[^1] ^= 1;
        File.WriteAllBytes(file, bytes);
    }
}
