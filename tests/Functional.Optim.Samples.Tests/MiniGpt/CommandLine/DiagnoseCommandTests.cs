using CommandLine;
using Functional.Optim.Training;
using LanguageModel;
using MiniGpt;

namespace Functional.Optim.Samples.Tests.MiniGpt.CommandLine;

public sealed class DiagnoseCommandTests
{
    [Fact]
    public async Task A_run_without_faults_is_one_line_before_the_checklist()
    {
        using TrainedFolder trained = await TrainedFolder.Of();
        (int code, string output, string error) = await TrainedFolder.Invoke("diagnose", trained.Root);
        Assert.Equal((ExitCode.Success, ""), (code, error));
        string[] lines = output.TrimEnd().Split('\n');
        Assert.Equal(
            ["nothing was found in 4 reports up to step 4", "checklist of the configuration"], lines[..2]);
        Assert.Equal(
            ["learning rate", "warm-up", "weight decay", "clip", "betas", "batch", "schedule", "validation"],
            lines[2..].Select(line => line.Split(':')[0]));
        Assert.Contains("validation: 2 times, to the end, doubtful: few: try 10", lines);
    }

    [Fact]
    public async Task A_run_that_learns_nothing_is_found_with_evidence_causes_and_what_to_try()
    {
        using TrainedFolder trained = await TrainedFolder.Of(TrainedFolder.Tiny with
        {
            LearningRate = 0, Steps = 100,
        });
        (int code, string output, string error) = await TrainedFolder.Invoke("diagnose", trained.Root);
        Assert.Equal((ExitCode.Success, ""), (code, error));
        Finding[] expected =
        [
            .. Diagnosis.Of(
                trained.Result.History, LeafNormsFile.Read(trained.At(RunFiles.LeafNorms)).Value()),
        ];
        Assert.NotEmpty(expected);
        Assert.Contains(expected, finding => finding.Leaf is not null);
        Assert.All(expected, finding => Assert.Contains(
            $"{finding}".ReplaceLineEndings("\n"), output, StringComparison.Ordinal));
        Assert.DoesNotContain("nothing was found", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_norms_and_checkpoints_the_metrics_alone_are_judged_and_the_output_says_so()
    {
        using TrainedFolder trained = await TrainedFolder.Of();
        string bare = Directory.CreateDirectory(trained.At("bare")).FullName;
        MetricsFile.Write([], Path.Combine(bare, RunFiles.Metrics));
        Assert.Equal(
            (ExitCode.Success,
                "metrics.csv has no reports yet: nothing can be found\n"
                + "without norms in leaf-norms.jsonl leaves and the sizes of updates are not judged\n"
                + $"the configuration is not checked: Cannot find a checkpoint in '{bare}': there is none.\n",
                ""),
            await TrainedFolder.Invoke("diagnose", bare));
    }

    [Fact]
    public async Task A_folder_without_metrics_or_with_damaged_ones_is_one_line_and_2()
    {
        using TrainedFolder trained = await TrainedFolder.Of();
        string metrics = trained.At(RunFiles.Metrics), norms = trained.At(RunFiles.LeafNorms);
        Assert.Equal($"'{metrics}' is no folder; diagnose takes the folder of a run",
            Assert.Single(await TrainedFolder.Refused("diagnose", metrics)));
        File.AppendAllText(norms, "{}\n");
        Assert.StartsWith($"Cannot read '{norms}': ",
            Assert.Single(await TrainedFolder.Refused("diagnose", trained.Root)), StringComparison.Ordinal);
        File.WriteAllText(metrics, "");
        Assert.StartsWith($"Cannot read '{metrics}': it is not a file of metrics",
            Assert.Single(await TrainedFolder.Refused("diagnose", trained.Root)), StringComparison.Ordinal);
        File.Delete(metrics);
        Assert.Equal($"Cannot read '{metrics}': there is no such file.",
            Assert.Single(await TrainedFolder.Refused("diagnose", trained.Root)));
        Assert.Equal("diagnose has no DIR; --help explains it",
            Assert.Single(await TrainedFolder.Refused("diagnose")));
    }
}
