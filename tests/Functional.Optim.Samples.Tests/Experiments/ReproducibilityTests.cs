using Experiments;
using Functional.Optim.Kernels;
using Functional.Optim.Tests.Cultures;
using Functional.Optim.Tests.Kernels;
using Functional.Optim.Tests.Processes;

namespace Functional.Optim.Samples.Tests.Experiments;

/// <summary>
/// To the last digit: on the widest lanes and many threads, and on single numbers, one thread and in a culture of
/// commas. What an experiment trains on threads of its own keeps its lanes; those have laws of their own.
/// </summary>
[Collection(ThreadLimit.Name)]
public sealed class ReproducibilityTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    /// <summary>All but warmup, which trains as the experiments with optimizers do, only longer.</summary>
    public static TheoryData<string> Names =>
    [
        .. ExperimentCatalogue.All.Select(experiment => experiment.Name).Where(name => name != "warmup"),
    ];

    public void Dispose() => folder.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    public void Its_figures_depend_on_the_seed_alone(string name)
    {
        Experiment experiment = ExperimentCatalogue.All.Single(known => known.Name == name);
        string expected = ThreadLimit.With(4, () => Csv(experiment));
        using DecimalComma comma = new();
        Assert.Equal(expected, ThreadLimit.With(1, () => LaneWidths.With(LaneWidth.Scalar, () => Csv(experiment))));
    }

    private string Csv(Experiment experiment)
    {
        Dictionary<string, string> settings = Quick.Of(experiment, folder);
        if (experiment.IsLong) settings["steps"] = "4";
        return string.Concat(
            experiment.Prepare(settings)
                .OrThrow(experiment.Name).Run(seed: 1, new Progress<double>(), CancellationToken.None)
                .Report.Tables.Select(CsvText.Of));
    }
}
