using System.Text;
using CommandLine;
using Functional.Optim.Kernels;

namespace Functional.Optim.Samples.Tests.LanguageModel.Text;

/// <summary>
/// Texts made for a test: sentences of a few words in random order, so that there is something to learn.
/// </summary>
internal static class Texts
{
    private static readonly string[] Words =
        ["the ", "gradient ", "moment ", "of ", "a ", "weight ", "decays ", "slowly.\n", "and ", "learns "];

    internal static string Sentences(int length)
    {
        Philox random = new(7);
        StringBuilder text = new();
        for (ulong word = 0; text.Length < length; word++) text.Append(Words[random.Below(word, Words.Length)]);
        return text.ToString(0, length);
    }
}
