using CommandLine;

namespace Functional.Optim.Samples.Tests.CommandLine.Options;

public sealed class WordsTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("one", "one", "one")]
    [InlineData("one and two", "one or two", "one", "two")]
    [InlineData("one, two and three", "one, two or three", "one", "two", "three")]
    public void Lists_read_as_in_a_sentence(string and, string or, params string[] words) =>
        Assert.Equal((and, or), (Words.And(words), Words.Or(words)));
}
