using System.Diagnostics;
using CommandLine;
using Functional.Optim.Training;

namespace Functional.Optim.Samples.Tests.Processes;

/// <summary>A run of MiniGpt that is small enough to be started again and again.</summary>
/// <param name="TextFile">The path of the text.</param>
/// <param name="Folder">The folder of its files.</param>
/// <param name="Options">The options besides those of the small model.</param>
internal sealed record SmallRun(string TextFile, string Folder, string Options)
{
    internal const string Metrics = "metrics.csv", Parameters = "parameters.safetensors",
        Best = "best.safetensors";

    private const string Model = "--layers 1 --heads 2 --width 16 --context 8 --batch 2 --threads 1";

    internal static SampleProgram Program { get; } = new("MiniGpt");

    /// <summary>The arguments of a run that starts or, in a folder that has checkpoints, continues.</summary>
    internal string Arguments => $"--text {TextFile} {Model} {Options} --resume --out {Folder}";

    /// <summary>Runs it to its end, which must be a good one.</summary>
    internal void ToEnd()
    {
        (int code, _, string error) = Program.Run(Arguments);
        Assert.Equal(("", ExitCode.Success), (error, code));
    }

    /// <summary>Starts it and kills it when a moment has come. It may have ended by itself by then.</summary>
    /// <param name="moment">Whether the moment has come; asked again and again.</param>
    /// <returns>Whether it was killed.</returns>
    internal bool Kill(Func<bool> moment)
    {
        using Process process = Process.Start(Program.Redirected(Arguments))!;
        try
        {
            long began = Stopwatch.GetTimestamp();
            while (!process.HasExited && !moment())
            {
                Assert.True(Stopwatch.GetElapsedTime(began) < TimeSpan.FromMinutes(5), "the moment has not come");
                Thread.Sleep(1);
            }

            process.Kill();
            process.WaitForExit();
            if (process.ExitCode == ExitCode.Success) return false;
            Assert.Equal("", process.StandardError.ReadToEnd());
            return true;
        }
        finally
        {
            if (!process.HasExited) process.Kill();
        }
    }

    /// <summary>The path of a file.</summary>
    internal string At(string name) => Path.Combine(Folder, name);

    /// <summary>The path of the checkpoint of a step.</summary>
    internal string CheckpointAt(int step) => At($"checkpoint-{step:D10}.safetensors");

    /// <summary>The newest checkpoint.</summary>
    internal Checkpoint<float> Newest() => CheckpointFolder.NewestIn<float>(Folder).Value().Checkpoint;

    /// <summary>The steps of the checkpoints, from the oldest on.</summary>
    internal IEnumerable<long> Saved() => Directory.GetFiles(Folder, "checkpoint-*")
        .Order(StringComparer.Ordinal).Select(file => CheckpointFile.Load<float>(file).Value().Step);

    /// <summary>The metrics without those that depend on the clock.</summary>
    internal IEnumerable<StepReport> Reports() => MetricsFile.Read(At(Metrics)).Value().Select(report => report with
    {
        TokensPerSecond = 0, Remaining = default, StepMilliseconds = 0, OptimizerMilliseconds = 0,
    });

    /// <summary>The step of the last line of the metrics; 0 before the first.</summary>
    internal long LastReport() =>
        MetricsFile.Read(At(Metrics)).Match(Succ: reports => reports.IsEmpty ? 0 : reports[^1].Step, Fail: _ => 0);

    /// <summary>The same run in another folder, with all files but those of some names.</summary>
    internal SmallRun CopyTo(string folder, params string[] without)
    {
        Directory.CreateDirectory(folder);
        foreach (string file in Directory.GetFiles(Folder).Where(file => !without.Contains(Path.GetFileName(file))))
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        return this with { Folder = folder };
    }

    /// <summary>The files with their bytes as text, metrics and lock left out.</summary>
    internal IReadOnlyDictionary<string, string> Contents() => Directory.GetFiles(Folder)
        .Where(file => Path.GetFileName(file) is not (Metrics or ".lock"))
        .ToDictionary(file => Path.GetFileName(file)!, file => Convert.ToHexString(File.ReadAllBytes(file)));

    /// <summary>Fails unless a folder has the files of a run that ended.</summary>
    internal static void AssertWritten(string folder)
    {
        Assert.Subset(
            Directory.GetFiles(folder).Select(Path.GetFileName).ToHashSet(),
            new HashSet<string?> { "loss.png", Metrics, Parameters });
        Assert.True(ParameterFile.Load<float>(Path.Combine(folder, Parameters)).IsSucc);
    }

    /// <summary>
    /// Fails unless another run ended with the same files, to the bit, but for what a clock measured.
    /// </summary>
    internal void AssertSame(SmallRun other)
    {
        Assert.Equal(Reports(), other.Reports());
        Assert.Equal(Newest().State, other.Newest().State);
        (IReadOnlyDictionary<string, string> mine, IReadOnlyDictionary<string, string> others) =
            (Contents(), other.Contents());
        Assert.Equal(mine.Keys.Order(StringComparer.Ordinal), others.Keys.Order(StringComparer.Ordinal));
        Assert.All(mine, file => Assert.Equal(file.Value, others[file.Key]));
    }
}
