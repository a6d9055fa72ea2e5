using Functional.Optim.Tests.Cultures;

namespace Functional.Optim.Tests.Catalogues;

public class EntryTextTests
{
    [Theory]
    [InlineData("lion", "lion", "lion")]
    [InlineData(" lion ( ) ", "lion", "lion")]
    [InlineData("lion(beta1=0.95,weightDecay = 1)", "lion", "lion(beta1=0.95, weightDecay=1)")]
    [InlineData("steps(milestones=1, 2,3, gamma=0.5)", "steps", "steps(gamma=0.5, milestones=1,2,3)")]
    [InlineData("a(b=c(d=1, e=f(g=2)), h=)", "a", "a(b=c(d=1, e=f(g=2)), h=)")]
    public void A_name_and_its_options_are_read_and_written(string text, string name, string written)
    {
        EntryText read = Parse(text);
        Assert.Equal((name, written), (read.Name, read.ToString()));
        Assert.Equal(written, Parse(written).ToString());
    }

    [Fact]
    public void An_entry_reads_and_tells_its_numbers_the_same_in_every_culture()
    {
        using DecimalComma culture = new();
        Assert.Equal(
            Lion.Of(0.25, beta1: 0.95).ToString(),
            Catalogue.Optimizers.Build("lion(learningRate=0.25, beta1=0.95)").OrThrow("text").ToString());
        Assert.Equal(
            "text: beta1 is 1.5; allowed is in [0, 1).",
            Assert.ThrowsAny<ArgumentException>(
                () => Catalogue.Optimizers.Build("lion(learningRate=0.25, beta1=1.5)").OrThrow("text")).Message);
        Assert.Contains(
            "beta1 is 1.5;", Assert.ThrowsAny<ArgumentException>(() => Lion.Of(0.25, beta1: 1.5)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void The_names_of_options_are_the_same_in_any_case() =>
        Assert.Equal("1", Parse("a(Beta=1)").Options["bETA"]);

    [Theory]
    [InlineData("", "'' is not written as name or name(option=value, …)")]
    [InlineData("(beta=1)", "'(beta=1)' is not written as name or name(option=value, …)")]
    [InlineData("a(b=1", "'a(b=1' has a parenthesis without its other one")]
    [InlineData("a(b=1)c", "'a(b=1)c' is not written as name or name(option=value, …)")]
    [InlineData("a(b=1), c=d(e=1)", "'a(b=1), c=d(e=1)' is not written as name or name(option=value, …)")]
    [InlineData("a=1", "'a=1' is not written as name or name(option=value, …)")]
    [InlineData("a(0.5)", "'0.5' in 'a(0.5)' is not written as option=value")]
    [InlineData("a(=1)", "'=1' in 'a(=1)' is not written as option=value")]
    [InlineData("a(b(c=1))", "'b(c=1)' in 'a(b(c=1))' is not written as option=value")]
    [InlineData("a(b=1, B=2)", "'a(b=1, B=2)' gives B twice")]
    [InlineData("a(b=c(d=1)", "'a(b=c(d=1)' has a parenthesis without its other one")]
    [InlineData("a(b=1))", "'a(b=1))' has a parenthesis without its other one")]
    public void What_is_written_otherwise_is_one_fault(string text, string error) => Assert.Equal(
        $"text: {error}.", Assert.ThrowsAny<ArgumentException>(() => Parse(text)).Message);

    private static EntryText Parse(string text) => EntryText.Parse(text).OrThrow("text");
}
