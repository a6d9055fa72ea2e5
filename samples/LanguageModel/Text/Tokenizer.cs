using System.Collections.Immutable;
using System.Text;
using LanguageExt;
using LanguageExt.Common;

namespace LanguageModel;

/// <summary>
/// A text as tokens, the integers from 0 to V − 1, and back. A name and a vocabulary written as text make it again, so
/// that a checkpoint can carry it. Thread-safe.
/// </summary>
public abstract class Tokenizer
{
    /// <summary>The name of the tokenizer whose tokens are the characters of a text.</summary>
    public const string Characters = "characters";

    private protected Tokenizer(string name) => Name = name;

    /// <summary>
    /// The names: "characters", "gpt2" and "o200k". "gpt2:V" and "o200k:V" are the first V tokens of the vocabulary.
    /// </summary>
    public static ImmutableArray<string> Known { get; } =
        [Characters, .. BytePairVocabulary.All.Select(known => known.Name)];

    /// <summary>The name, in the form that <see cref="Parse"/> reads.</summary>
    public string Name { get; }

    /// <summary>The number of tokens, V.</summary>
    public abstract int VocabularySize { get; }

    /// <summary>What <see cref="Parse"/> needs beside the name: the characters, or nothing.</summary>
    public abstract string Vocabulary { get; }

    /// <summary>The token that stands for an empty prompt: the end of a line, or 0 where there is none.</summary>
    public abstract int Start { get; }

    /// <summary>What the tokens are, for messages.</summary>
    public string Unit => Name == Characters ? Characters : "tokens";

    /// <summary>The tokenizer of a name; the characters are those of a text.</summary>
    /// <param name="name">The name.</param>
    /// <param name="text">The text.</param>
    public static Fin<Tokenizer> Of(string name, string text) => name == Characters
        ? CharacterTokenizer.Of(text).Map(static made => (Tokenizer)made)
        : BytePairVocabulary.Find(name).Map(static found => (Tokenizer)BytePairTokenizer.Of(found.Name, found.Size));

    /// <summary>The tokenizer that was written as its <see cref="Name"/> and its <see cref="Vocabulary"/>.</summary>
    /// <param name="name">The name.</param>
    /// <param name="vocabulary">The vocabulary.</param>
    public static Fin<Tokenizer> Parse(string name, string vocabulary) =>
        name == Characters
            ? CharacterTokenizer.Of(vocabulary).Bind(made => made.Vocabulary == vocabulary
                ? Fin<Tokenizer>.Succ(made)
                : Error.New("the vocabulary of characters is not in order, or has a character twice"))
            : Of(name, "").Bind(made => vocabulary.Length == 0
                ? Fin<Tokenizer>.Succ(made)
                : Error.New($"the vocabulary of {name} has {vocabulary.Length:N0} characters; allowed is none, as the "
                    + "name says all"));

    /// <summary>The number of tokens that a name stands for; 0 for characters, which depend on the text.</summary>
    /// <param name="name">The name.</param>
    public static Fin<int> SizeOf(string name) =>
        name == Characters ? 0 : BytePairVocabulary.Find(name).Map(static found => found.Size);

    /// <summary>The tokens of a text, or the first character that is not allowed.</summary>
    /// <param name="text">The text.</param>
    public Fin<int[]> Encode(string text)
    {
        int half = IndexOfHalf(text);
        return half >= 0
            ? Error.New($"the character U+{(int)text[half]:X4} at index {half:N0} is half of a surrogate pair")
            : EncodeWhole(text);
    }

    /// <summary>
    /// The text of tokens. Bytes that are no character, such as half of one at the end, become U+FFFD.
    /// </summary>
    /// <param name="tokens">The tokens.</param>
    /// <exception cref="ArgumentOutOfRangeException">A token is not from 0 to V − 1.</exception>
    public string Decode(params ReadOnlySpan<int> tokens)
    {
        foreach (int token in tokens)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(token, nameof(tokens));
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(token, VocabularySize, nameof(tokens));
        }

        return DecodeKnown(tokens);
    }

    /// <summary>The name, the size and nothing of the vocabulary.</summary>
    public override string ToString() => FormattableString.Invariant($"{Name} ({VocabularySize:N0} tokens)");

    /// <summary>The tokens of a text without half characters.</summary>
    private protected abstract Fin<int[]> EncodeWhole(string text);

    /// <summary>The text of tokens of the vocabulary.</summary>
    private protected abstract string DecodeKnown(ReadOnlySpan<int> tokens);

    /// <summary>The index of the first half of a surrogate pair without its other half, or −1.</summary>
    private protected static int IndexOfHalf(string text)
    {
        int index = 0;
        while (true)
        {
            int next = text.AsSpan(index).IndexOfAnyInRange('\uD800', '\uDFFF');
            if (next < 0) return -1;
            index += next;
            if (!Rune.TryGetRuneAt(text, index, out _)) return index;
            index += 2;
        }
    }
}
