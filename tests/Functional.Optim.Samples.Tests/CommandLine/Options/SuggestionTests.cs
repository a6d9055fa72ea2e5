using CommandLine;
using FsCheck.Xunit;

namespace Functional.Optim.Samples.Tests.CommandLine.Options;

public sealed class SuggestionTests
{
    private static readonly string[] Names =
        ["sgd", "adam", "adamW", "adamax", "lion", "--learning-rate", "gradient-descent", "--steps"];

    [Theory]
    [InlineData("lyon", "lion")]
    [InlineData("LION", "lion")]
    [InlineData("adma", "adam")]
    [InlineData("adammx", "adamax")]
    [InlineData("admW", "adamW")]
    [InlineData("stpes", "--steps")]
    [InlineData("--step", "--steps")]
    [InlineData("--learing-rate", "--learning-rate")]
    [InlineData("-learning-rate", "--learning-rate")]
    [InlineData("descent", "gradient-descent")]
    [InlineData("grad", "gradient-descent")]
    [InlineData("ent", "gradient-descent")]
    public void A_mistyped_name_or_a_part_of_one_finds_it(string text, string name)
    {
        Assert.Equal(name, Suggestion.Nearest(text, Names));
        Assert.Equal($"; did you mean {name}?", Suggestion.For(text, Names));
    }

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData("x")]
    [InlineData("nt")]
    [InlineData("momentum")]
    [InlineData("lbfgs")]
    public void A_text_that_is_far_from_every_name_suggests_none(string text)
    {
        Assert.Null(Suggestion.Nearest(text, Names));
        Assert.Equal("", Suggestion.For(text, Names));
    }

    [Theory]
    [InlineData("", "", 0)]
    [InlineData("", "abc", 3)]
    [InlineData("abc", "abc", 0)]
    [InlineData("abc", "ac", 1)]
    [InlineData("abc", "acb", 1)]
    [InlineData("abcd", "badc", 2)]
    [InlineData("ca", "abc", 3)]
    [InlineData("kitten", "sitting", 3)]
    public void The_distance_counts_insertions_deletions_replacements_and_swaps(string from, string to, int distance) =>
        Assert.Equal(distance, Suggestion.EditDistance(from, to));

    [Property]
    public bool The_distance_is_the_same_in_both_directions_and_at_most_the_longer_length(
        FsCheck.NonNull<string> from, FsCheck.NonNull<string> to)
    {
        int distance = Suggestion.EditDistance(from.Get, to.Get);
        return distance == Suggestion.EditDistance(to.Get, from.Get)
            && distance >= Math.Abs(from.Get.Length - to.Get.Length)
            && distance <= Math.Max(from.Get.Length, to.Get.Length)
            && (distance == 0) == (from.Get == to.Get);
    }
}
