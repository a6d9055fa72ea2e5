using Functional.Optim.Kernels;

namespace Functional.Optim.Laws.Tests;

/// <summary>
/// An entry of your own in the catalogue. Its tests are in this process, where nothing else reads the catalogue.
/// </summary>
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
        Assert.Equal(
            Accumulate.Of(2, new Halving(2)),
            Catalogue.Build("accumulate(every=2, inner=halving(times=2))").OrThrow());
        Assert.Contains(
            "allowed is an integer", ErrorOf(() => Catalogue.Build("halving(times=x)").OrThrow()),
            StringComparison.Ordinal);
        Assert.Contains(
            "the optimizer sgd(", ErrorOf(() => Catalogue.Register(
                CatalogueEntry.Of("SGD", "another", () => new Halving(1), _ => new Halving(1)))),
            StringComparison.Ordinal);
        Assert.Contains(
            "allowed are letters",
            ErrorOf(() => CatalogueEntry.Of("a b", "", () => new Halving(1), _ => new Halving(1))),
            StringComparison.Ordinal);
    }

    [Fact]
    public void An_elementwise_optimizer_of_your_own_keeps_the_laws_and_is_a_text()
    {
        OptimizerLaws.All(SignDescent.Of(0.1, weightDecay: 0.1));
        Catalogue.Register(SignDescent.Entry);
        Optimizer built = Catalogue.Build("signDescent(learningRate=0.1, beta=0.5)").OrThrow();
        Assert.Equal(SignDescent.Of(0.1, 0.5), built);
        Assert.Equal("signDescent(learningRate=0.1, beta=0.5)", $"{built}");
        Assert.True(OptimizerText.Of(SignDescent.Of(0.1) with { Maximize = true }).IsFail);
        float[] theta = [1, 1], m = [0, 0];
        SignDescent.Of(0.25).Step<float>(1, theta, [3, -1], new(m), theta, new(m));
        Assert.Equal([0.75f, 1.25f], theta);
    }

    private static string ErrorOf(Action act) => Assert.ThrowsAny<ArgumentException>(act).Message;

    private sealed record Halving(int Times) : Transform
    {
        protected override void AddRule<T, TFirst>(in TFirst first, ref RulePass<T> pass) =>
            pass.Add(first, new ScaleRule<T>(T.CreateTruncating(Math.Pow(0.5, Times))));
    }
}
