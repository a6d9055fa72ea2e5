using CommandLine;
using Functional.Optim.Kernels;
using Functional.Optim.Samples.Tests.LanguageModel.Text;
using Functional.Optim.Tests.Processes;

namespace Functional.Optim.Samples.Tests.Processes;

/// <summary>Runs that are killed, without a warning, at moments that a seed draws.</summary>
public sealed class KilledRunTests : IDisposable
{
    private const int Kills = 4;

    private readonly TemporaryFolder folder = new();
    private readonly string text;

    public KilledRunTests()
    {
        text = folder.At("text.txt");
        File.WriteAllText(text, Texts.Sentences(800));
    }

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(1, "")]
    [InlineData(2, "--accumulate 3 --average ema(0.9) --optimizer lion --dropout 0.2 --clip 0.5")]
    public void A_run_that_is_killed_again_and_again_ends_with_the_bits_of_an_undisturbed_one(int seed, string options)
    {
        SmallRun whole = RunIn("whole");
        whole.ToEnd();
        Philox random = new((ulong)seed);
        // A fast run ends before it is killed so often, and another one begins.
        for (int kills = 0, run = 0; kills < Kills; run++)
        {
            SmallRun disturbed = RunIn($"disturbed-{run}");
            while (kills < Kills && disturbed.Kill(Moment(random, (ulong)kills, disturbed))) kills++;
            disturbed.ToEnd();
            whole.AssertSame(disturbed);
        }

        SmallRun RunIn(string name) => new(
            text, folder.At(name), $"--steps 120 --checkpoint-every 5 --keep 2 --eval-every 4 {options}");
    }

    [Fact]
    public void A_run_that_is_killed_before_its_first_numbered_checkpoint_goes_on_from_its_best()
    {
        // Nobody reads its output, which is longer than what a pipe holds, so that it waits.
        const string Options = "--steps 900 --checkpoint-every 1000 --eval-every 1";
        SmallRun whole = new(text, folder.At("whole"), Options), killed = whole with { Folder = folder.At("killed") };
        whole.ToEnd();
        Assert.True(killed.Kill(() => File.Exists(killed.At(SmallRun.Best))));
        Assert.Empty(Directory.GetFiles(killed.Folder, "checkpoint-*"));
        (int code, string output, string error) = SmallRun.Program.Run(killed.Arguments);
        Assert.Equal(("", ExitCode.Success), (error, code));
        Assert.Contains(killed.At(SmallRun.Best), output, StringComparison.Ordinal);
        whole.AssertSame(killed);
    }

    /// <summary>
    /// A moment of a run: after a time, when it has made some steps, or when it is writing a file after some steps.
    /// </summary>
    private static Func<bool> Moment(Philox random, ulong number, SmallRun run)
    {
        long kind = random.Below(2 * number, 4), size = random.Below((2 * number) + 1, 30);
        if (kind == 0)
        {
            DateTime moment = DateTime.UtcNow + TimeSpan.FromMilliseconds(20 * size);
            return () => DateTime.UtcNow >= moment;
        }

        long step = run.LastReport() + 1 + size;
        return kind < 3
            ? () => run.LastReport() >= step
            : () => run.LastReport() >= step && Directory.EnumerateFiles(run.Folder, "*.unfinished").Any();
    }
}
