using System.Text.RegularExpressions;
using Functional.Optim.Tests.Files;

namespace Functional.Optim.Laws.Tests;

/// <summary>
/// The examples of the guide: they are what the files of the folder Examples say, and the laws hold for them.
/// </summary>
public partial class ExampleTests
{
    private const string Examples = "tests/Functional.Optim.Laws.Tests/Examples";

    /// <summary>Those that show a type; the others are tests that show calls.</summary>
    public static TheoryData<string> Files =>
    [
        .. Directory.GetFiles(Path.Combine(Repository.Root, Examples), "*.cs")
            .Where(file => !File.ReadAllText(file).Contains("[Fact]", StringComparison.Ordinal))
            .Select(file => Path.GetFileName(file)),
    ];

    [Theory]
    [MemberData(nameof(Files))]
    public void The_guide_shows_the_file(string name)
    {
        string file = Repository.Text($"{Examples}/{name}");
        string shown = Documentation().Replace(file[(file.IndexOf("namespace", StringComparison.Ordinal) + 1)..], "");
        shown = shown[shown.IndexOf("public", StringComparison.Ordinal)..].Trim();
        Assert.Contains(shown, Repository.Text("samples/Guides/OwnOptimizers/README.md"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_transform_of_whole_leaves_obeys_every_law() =>
        OptimizerLaws.All(new UnitNorm().Then(LearningRate.Of(0.1)));

    [Fact]
    public void A_wrapper_obeys_every_law_and_leaves_large_gradients_out()
    {
        SkipLarge wrapper = new(Sgd.Of(0.5), 2);
        OptimizerLaws.All(wrapper);
        ParameterTree<float> parameters = ParameterTree.Of(Leaf.Of("w", [1], [1f]));
        (ParameterTree<float> moved, OptimizerState<float> state) =
            wrapper.Step(parameters, parameters, wrapper.Init(parameters));
        Assert.Equal((0.5f, 1), (moved.AsSpan("w")[0], state.Step));
        (moved, state) = wrapper.Step(moved, ParameterTree.Of(Leaf.Of("w", [1], [3f])), state);
        Assert.Equal((0.5f, 1), (moved.AsSpan("w")[0], state.Step));
    }

    [Fact]
    public void A_schedule_has_its_two_rates_in_turn() => Assert.Equal(
        [0.2, 0.2, 0.1, 0.1, 0.1, 0.2], new long[] { 1, 2, 3, 4, 5, 6 }.Select(new SquareWave(0.2, 3).At));

    [GeneratedRegex(@"^[ ]*///.*\n", RegexOptions.Multiline)]
    private static partial Regex Documentation();
}
