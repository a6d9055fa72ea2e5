using Functional.Optim.Kernels;

namespace Functional.Optim.Laws.Tests;

/// <summary>An entry of your own in the catalogue. Its tests are in this process, where nothing else reads the catalogue.</summary>
public class OwnEntryTests
{
    [Fact]
    public void An_optimizer_of_your_own_is_registered_listed_built_and_printed()
    {
        CatalogueEntry<Optimizer> entry = CatalogueEntry.Of(
            "halving", "multiplies by a half, often", () => new Halving(1),
            at => new Halving(at.Integer("times", "how often", of => of.Times, required: true)));
        Catalogue.Register(entry);
        Catalogue.Register(entry);
        Assert.Contains(entry, Catalogue.Optimizers);
        Assert.Equal("halving(times)", entry.ToString());
        Optimizer composed = Clip.ByValue(1).Then(new Halving(3)).Then(LearningRate.Of(0.1));
        Assert.Equal("clipByValue(limit=1) then halving(times=3) then learningRate(schedule=0.1)", $"{composed}");
        Assert.Equal(composed, Catalogue.Build($"{composed}").OrThrow());
        Assert.Equal(Accumulate.Of(2, new Halving(2)), Catalogue.Build("accumulate(every=2, inner=halving(times=2))").OrThrow());
        Assert.Contains(
            "allowed is an integer", ErrorOf(() => Catalogue.Build("halving(times=x)").OrThrow()), StringComparison.Ordinal);
        Assert.Contains(
            "the optimizer sgd(", ErrorOf(() => Catalogue.Register(
                CatalogueEntry.Of("SGD", "another", () => new Halving(1), _ => new Halving(1)))), StringComparison.Ordinal);
        Assert.Contains(
            "allowed are letters", ErrorOf(() => CatalogueEntry.Of("a b", "", () => new Halving(1), _ => new Halving(1))),
            StringComparison.Ordinal);
    }

    private static string ErrorOf(Action act) => Assert.ThrowsAny<ArgumentException>(act).Message;

    private sealed record Halving(int Times) : Transform
    {
        protected override void AddRule<T, TFirst>(in TFirst first, ref RulePass<T> pass) =>
            pass.Add(first, new ScaleRule<T>(T.CreateTruncating(Math.Pow(0.5, Times))));
    }
}
