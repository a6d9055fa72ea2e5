using Functional.Optim.Laws;
using Functional.Optim.Tests.Kernels;

namespace Functional.Optim.Tests.Laws;

/// <summary>
/// The laws of memory, over the catalogue, what is composed of it and wrappers; nothing else runs meanwhile.
/// </summary>
[Collection(ThreadLimit.Name)]
public class MemoryLawTests
{
    private static readonly (string Name, Optimizer Optimizer)[] All = [.. Catalogue.All, .. Compositions.All];

    public static TheoryData<string> Names => [.. All.Select(entry => entry.Name)];

    public static TheoryData<string> Steady =>
        [.. All.Where(entry => Catalogue.IsSteady(entry.Optimizer)).Select(entry => entry.Name)];

    [Theory]
    [MemberData(nameof(Steady))]
    public void A_step_allocates_nothing(string name) => OptimizerLaws.Allocation(Get(name));

    [Theory]
    [MemberData(nameof(Names))]
    public void What_nobody_holds_is_collected(string name) => OptimizerLaws.Collection(Get(name));

    private static Optimizer Get(string name) => All.Single(entry => entry.Name == name).Optimizer;
}
