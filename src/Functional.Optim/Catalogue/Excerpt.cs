namespace Functional.Optim;

/// <summary>What an error quotes of a text that somebody gave, which may be of any length.</summary>
internal static class Excerpt
{
    private const int Longest = 200;

    /// <summary>The text, or its beginning and how many characters it has.</summary>
    internal static string Of(string text) => text.Length <= Longest
        ? text
        : $"{text.AsSpan(0, char.IsHighSurrogate(text[Longest - 1]) ? Longest - 1 : Longest)}… ({text.Length} characters)";
}
