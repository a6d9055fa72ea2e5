using System.Collections.Immutable;
using Experiments;
using Functional.Optim.Tests.Processes;

namespace Functional.Optim.Samples.Tests.Experiments;

/// <summary>Every experiment at the ends of what its settings allow.</summary>
public sealed class UnusualSettingsTests : IDisposable
{
    private static readonly ImmutableArray<(string Experiment, string Settings)> Unusual =
    [
        ("gradient-descent", "rates=0.5"), ("gradient-descent", "rates=1e-10,1e300 steps=2"),
        ("gradient-descent", "rates=0.1 tolerance=1e300"),
        ("landscape", "steps=1"), ("landscape", "momentum=0 weight-decay=0 steps=20"),
        ("landscape", "scale=1e6 steps=50"),
        ("sgd-noise", "batch-sizes=4 samples=4 draws=4 steps=2"),
        ("sgd-noise", "batch-sizes=2,1,2 samples=2 draws=4 steps=3 rate=1000"),
        ("sgd-noise", "batch-sizes=16 samples=32 draws=4 steps=40 rate=1e-300"),
        ("noise-escape", "levels=0 runs=2 steps=1"), ("noise-escape", "levels=1000 runs=2 steps=10 rate=100"),
        ("noise-escape", "levels=5,5 runs=3 steps=20"),
        ("adam-components", "rates=1 steps=1"), ("adam-components", "rates=1e6 steps=3"),
        ("adam-components", "rates=1e-300 steps=2"),
        ("bias-correction", "beta1=0 beta2=0 steps=1"), ("bias-correction", "beta1=0.99 steps=5"),
        ("bias-correction", "beta1=0.9999999 beta2=0.5"),
        ("language-model-optimizers", "steps=1 width=1 batch=1"),
        ("language-model-optimizers", "sgd-rates=1e30 adam-rates=1e30 steps=3 width=4"),
        ("language-model-optimizers", "gain=100 weight-decay=0 steps=2 width=4"),
        ("modern-optimizers", "steps=1 blocks=1 model-width=4 timed-steps=0"),
        ("modern-optimizers", "steps=3 blocks=1 model-width=4 timed-steps=1"),
        ("modern-optimizers", "steps=2 blocks=2 model-width=8 timed-steps=0"),
        ("state-formats", "steps=1 blocks=1 model-width=4 seeds=1"),
        ("state-formats", "steps=3 blocks=2 model-width=8 seeds=2"),
        ("state-formats", "steps=2 blocks=1 model-width=4 seeds=3"),
        ("adaptive-rate", "steps=1"), ("adaptive-rate", "rates=1e6 adam-rate=1e6 steps=10"),
        ("adaptive-rate", "rates=1e-300 adam-rate=1e-300 steps=5"),
        ("convex-failure", "steps=1"), ("convex-failure", "steps=10 rate=1e-10"),
        ("convex-failure", "steps=20 rate=1e6"),
        ("l2-versus-decay", "steps=1 samples=1 features=1"), ("l2-versus-decay", "decays=0.5 steps=2"),
        ("l2-versus-decay", "sgd-rate=1000 steps=20"),
        ("sparse-decay", "steps=1"), ("sparse-decay", "decays=0.5 steps=3"), ("sparse-decay", "rate=1e-10"),
        ("decay-by-weight-type", "width=1 vocabulary=10 steps=1"),
        ("decay-by-weight-type", "width=4 vocabulary=20 weight-decay=0 steps=2"),
        ("decay-by-weight-type", "width=8 vocabulary=30 steps=3 rate=0.5"),
        ("schedules", "warmup=0 steps=20"), ("schedules", "peak=1 floor=1"),
        ("schedules", "warmup=9 steps=20 floor=1e-300"),
        ("warmup", "steps=20 warmups=0 adam-width=4 sgd-width=4 seeds=1"),
        ("warmup", "steps=20 warmups=0.99,0 adam-rates=1e30 sgd-rates=1e30 adam-width=4 sgd-width=4 seeds=2"),
        ("warmup", "steps=20 explosion=1e-300 adam-width=4 sgd-width=4 seeds=1"),
        ("minigpt-configurations", "context=1"), ("minigpt-configurations", "context=65536"),
        ("minigpt-configurations", "vocabularies=1,1,1"),
        ("checklist", "steps=2 warmup=0"), ("checklist", "preset=medium evaluations=0"),
        ("checklist", "learning-rate=0 clip=0 weight-decay=0"),
    ];

    private readonly TemporaryFolder folder = new();

    public static TheoryData<string, string> All
    {
        get
        {
            TheoryData<string, string> all = [];
            foreach ((string experiment, string settings) in Unusual) all.Add(experiment, settings);
            return all;
        }
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Each_experiment_is_tried_with_three() => Assert.All(
        ExperimentCatalogue.All, experiment =>
            Assert.True(Unusual.Count(one => one.Experiment == experiment.Name) >= 3, experiment.Name));

    [Theory]
    [MemberData(nameof(All))]
    public void It_runs_with_a_finding_and_is_drawn(string name, string settings)
    {
        Experiment experiment = ExperimentCatalogue.All.Single(known => known.Name == name);
        Dictionary<string, string> given = settings.Split(' ')
            .Select(setting => setting.Split('=')).ToDictionary(setting => setting[0], setting => setting[1]);
        if (Quick.Of(experiment, folder).TryGetValue("text", out string? text)) given["text"] = text;
        Report report = experiment.Prepare(given)
            .OrThrow(name).Run(1, new Progress<double>(), CancellationToken.None).Report;
        Assert.EndsWith(".", report.Finding, StringComparison.Ordinal);
        Assert.All(report.Tables, table => Assert.NotEmpty(table.Rows));
        Assert.All(report.Pictures, picture => Assert.True(PictureFile.Write(picture, folder.Root).IsSucc));
    }

    [Theory]
    [InlineData("gradient-descent")]
    [InlineData("landscape")]
    [InlineData("adam-components")]
    [InlineData("adaptive-rate")]
    [InlineData("l2-versus-decay")]
    [InlineData("sgd-noise")]
    [InlineData("noise-escape")]
    [InlineData("convex-failure")]
    [InlineData("decay-by-weight-type")]
    public void A_long_one_stops_when_told(string name)
    {
        PreparedExperiment prepared = ExperimentCatalogue.All.Single(known => known.Name == name)
            .Prepare(new Dictionary<string, string> { ["steps"] = "10000" }).OrThrow(name);
        Assert.ThrowsAny<OperationCanceledException>(
            () => prepared.Run(1, new Progress<double>(), new CancellationToken(canceled: true)));
    }
}
