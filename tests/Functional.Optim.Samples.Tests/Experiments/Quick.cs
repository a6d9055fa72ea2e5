using System.Collections.Immutable;
using Experiments;
using Functional.Optim.Samples.Tests.LanguageModel.Text;
using Functional.Optim.Tests.Processes;

namespace Functional.Optim.Samples.Tests.Experiments;

/// <summary>Settings with which every experiment is done in a moment, for the tests that run all of them.</summary>
internal static class Quick
{
    private static readonly ImmutableArray<(string Name, string Value)> Settings =
    [
        ("steps", "20"), ("warmup", "4"), ("sgd-rates", "0.05,0.2"), ("adam-width", "32"),
        ("blocks", "1"), ("model-width", "16"), ("timed-steps", "0"),
    ];

    /// <summary>
    /// The settings as one line for <c>run all</c>; what is trained on text is trained on one made in the folder.
    /// </summary>
    internal static string Line(TemporaryFolder folder) => string.Join(' ', In(folder)
        .Where(setting => ExperimentCatalogue.All.Any(
            experiment => experiment.Settings.Any(own => own.Name == setting.Name)))
        .Select(setting => $"--{setting.Name} {setting.Value}"));

    /// <summary>Those of the settings that an experiment has.</summary>
    internal static Dictionary<string, string> Of(Experiment experiment, TemporaryFolder folder) => In(folder)
        .Where(setting => experiment.Settings.Any(own => own.Name == setting.Name))
        .ToDictionary(setting => setting.Name, setting => setting.Value);

    private static ImmutableArray<(string Name, string Value)> In(TemporaryFolder folder)
    {
        string text = folder.At("text.txt");
        if (!File.Exists(text)) File.WriteAllText(text, Texts.Sentences(4000));
        return Settings.Add(("text", text));
    }
}
