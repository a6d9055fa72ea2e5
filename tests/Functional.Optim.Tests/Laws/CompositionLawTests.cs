using Functional.Optim.Laws;

namespace Functional.Optim.Tests.Laws;

/// <summary>The laws in one call, over what is composed of the library's own parts: none of it is refused.</summary>
public class CompositionLawTests
{
    public static TheoryData<string> Names => [.. Compositions.All.Select(composition => composition.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void It_obeys_every_law(string name) =>
        OptimizerLaws.All(Compositions.All.Single(composition => composition.Name == name).Optimizer);
}
