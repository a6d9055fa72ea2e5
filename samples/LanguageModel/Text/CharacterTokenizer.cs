using System.Collections.Immutable;
using LanguageExt;
using LanguageExt.Common;

namespace LanguageModel;

/// <summary>Characters as tokens: the token of a character is its place in the sorted vocabulary.</summary>
/// <remarks>
/// A character is a UTF-16 code unit. One outside the basic plane is two tokens, which decode to it again.
/// </remarks>
public sealed class CharacterTokenizer
{
    private const int Unknown = -1;
    private readonly int[] tokens = new int[char.MaxValue + 1];

    private CharacterTokenizer(ImmutableArray<char> vocabulary)
    {
        Vocabulary = vocabulary;
        Array.Fill(tokens, Unknown);
        for (int token = 0; token < vocabulary.Length; token++) tokens[vocabulary[token]] = token;
    }

    /// <summary>The characters in ordinal order; the index is the token.</summary>
    public ImmutableArray<char> Vocabulary { get; }

    /// <summary>The tokenizer whose vocabulary is the distinct characters of a text.</summary>
    public static CharacterTokenizer Of(string text)
    {
        bool[] occurs = new bool[char.MaxValue + 1];
        foreach (char character in text) occurs[character] = true;
        return new CharacterTokenizer(
            [.. Enumerable.Range(0, occurs.Length).Where(code => occurs[code]).Select(code => (char)code)]);
    }

    /// <summary>The tokens of a text, or the first character that the vocabulary lacks.</summary>
    public Fin<int[]> Encode(string text)
    {
        int[] encoded = new int[text.Length];
        for (int index = 0; index < text.Length; index++)
        {
            encoded[index] = tokens[text[index]];
            if (encoded[index] == Unknown) return Error.New(
                $"the character U+{(int)text[index]:X4} at index {index:N0} is not among the "
                + $"{Vocabulary.Length} of the vocabulary");
        }

        return encoded;
    }

    /// <summary>The text of tokens.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A token is not below the size of the vocabulary.</exception>
    public string Decode(params ReadOnlySpan<int> encoded)
    {
        char[] text = new char[encoded.Length];
        for (int index = 0; index < encoded.Length; index++)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(encoded[index], nameof(encoded));
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(encoded[index], Vocabulary.Length, nameof(encoded));
            text[index] = Vocabulary[encoded[index]];
        }

        return new string(text);
    }
}
