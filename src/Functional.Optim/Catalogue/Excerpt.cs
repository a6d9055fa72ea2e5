namespace Functional.Optim;

/// <summary>What an error quotes of a text that somebody gave, which may be of any length.</summary>
internal static class Excerpt
{
    private const int Longest = 200;

    /// <summary>The text, or its beginning and how many characters it has.</summary>
    internal static string Of(string text, int longest = Longest) => text.Length <= longest
        ? text
        : $"{text.AsSpan(0, char.IsHighSurrogate(text[longest - 1]) ? longest - 1 : longest)}… "
            + $"({text.Length} characters)";
}
