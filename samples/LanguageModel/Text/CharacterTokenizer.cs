using System.Text;
using LanguageExt;
using LanguageExt.Common;

namespace LanguageModel;

/// <summary>
/// Characters as tokens: the token of a character is its place in the vocabulary, which is in order of the code points.
/// </summary>
/// <remarks>
/// A character is a whole code point, also outside the basic plane; a combining mark is a character of its own.
/// </remarks>
internal sealed class CharacterTokenizer : Tokenizer
{
    private const int Unknown = -1;
    private readonly Rune[] characters;
    private readonly int[] tokens;

    private CharacterTokenizer(Rune[] characters)
        : base(Characters)
    {
        this.characters = characters;
        tokens = new int[characters[^1].Value + 1];
        Array.Fill(tokens, Unknown);
        for (int token = 0; token < characters.Length; token++) tokens[characters[token].Value] = token;
        Vocabulary = string.Concat(characters);
    }

    public override int VocabularySize => characters.Length;

    public override string Vocabulary { get; }

    public override int Start => Math.Max(TokenOf(new Rune('\n')), 0);

    /// <summary>The tokenizer whose vocabulary is the distinct characters of a text.</summary>
    internal static Fin<CharacterTokenizer> Of(string text)
    {
        if (text.Length == 0) return Error.New("an empty text has no characters for a vocabulary");
        int half = IndexOfHalf(text);
        if (half >= 0) return Error.New(
            $"the character U+{(int)text[half]:X4} at index {half:N0} is half of a surrogate pair");
        bool[] occurs = new bool[0x11_0000];
        foreach (Rune character in text.EnumerateRunes()) occurs[character.Value] = true;
        return new CharacterTokenizer(
            [.. Enumerable.Range(0, occurs.Length).Where(code => occurs[code]).Select(code => new Rune(code))]);
    }

    private protected override Fin<int[]> EncodeWhole(string text)
    {
        int count = 0, index = 0;
        foreach (Rune _ in text.EnumerateRunes()) count++;
        int[] encoded = new int[count];
        count = 0;
        foreach (Rune character in text.EnumerateRunes())
        {
            int token = encoded[count++] = TokenOf(character);
            if (token == Unknown) return Error.New(
                $"the character U+{character.Value:X4} at index {index:N0} is not among the {VocabularySize:N0} of "
                + "the vocabulary");
            index += character.Utf16SequenceLength;
        }

        return encoded;
    }

    private protected override string DecodeKnown(ReadOnlySpan<int> tokens)
    {
        StringBuilder text = new(tokens.Length);
        Span<char> units = stackalloc char[2];
        foreach (int token in tokens) text.Append(units[..characters[token].EncodeToUtf16(units)]);
        return text.ToString();
    }

    private int TokenOf(Rune character) => character.Value < tokens.Length ? tokens[character.Value] : Unknown;
}
