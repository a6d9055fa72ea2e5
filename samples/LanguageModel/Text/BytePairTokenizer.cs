using System.Collections.Concurrent;
using System.Text;
using LanguageExt;
using Microsoft.ML.Tokenizers;

namespace LanguageModel;

/// <summary>Byte pairs as tokens (Sennrich et al., 2016, arXiv:1508.07909; Radford et al., 2019).</summary>
internal sealed class BytePairTokenizer : Tokenizer
{
    /// <summary>
    /// The maximum number of UTF-16 units that are encoded at once: the time of a run of letters or blanks grows with
    /// the square of its length.
    /// </summary>
    private const int MaxPiece = 4096;

    private static readonly ConcurrentDictionary<(BytePairVocabulary, int), BytePairTokenizer> Loaded = new();

    private readonly TiktokenTokenizer encoder;
    private readonly byte[][] bytes;

    private BytePairTokenizer(string name, TiktokenTokenizer encoder, byte[][] bytes)
        : base(name) => (this.encoder, this.bytes) = (encoder, bytes);

    public override int VocabularySize => bytes.Length;

    public override string Vocabulary => "";

    public override int Start => Array.FindIndex(bytes, static token => token is [(byte)'\n']);

    /// <summary>The tokenizer of the first tokens of a vocabulary; loaded once.</summary>
    internal static BytePairTokenizer Of(BytePairVocabulary vocabulary, int size) =>
        Loaded.GetOrAdd((vocabulary, size), static key =>
        {
            (BytePairVocabulary vocabulary, int size) = key;
            string name = size == vocabulary.Size
                ? vocabulary.Name
                : FormattableString.Invariant($"{vocabulary.Name}:{size}");
            (TiktokenTokenizer encoder, byte[][] bytes) = vocabulary.Load(size);
            return new BytePairTokenizer(name, encoder, bytes);
        });

    private protected override Fin<int[]> EncodeWhole(string text)
    {
        List<int> tokens = new(text.Length / 3);
        for (int start = 0, end; start < text.Length; start = end)
        {
            end = EndOfPiece(text, start);
            tokens.AddRange(encoder.EncodeToIds(text.AsSpan(start, end - start)));
        }

        return tokens.ToArray();
    }

    private protected override string DecodeKnown(ReadOnlySpan<int> tokens)
    {
        int length = 0;
        foreach (int token in tokens) length += bytes[token].Length;
        byte[] text = new byte[length];
        length = 0;
        foreach (int token in tokens)
        {
            bytes[token].CopyTo(text, length);
            length += bytes[token].Length;
        }

        return Encoding.UTF8.GetString(text);
    }

    /// <summary>
    /// The end of a piece that starts at an index: the last place where no token of the whole text could cross it, or
    /// the maximum length where there is none.
    /// </summary>
    private static int EndOfPiece(string text, int start)
    {
        int end = start + MaxPiece;
        if (end >= text.Length) return text.Length;
        for (int place = end; place > start + 1; place--)
            if (IsBoundary(text, place)) return place;
        return char.IsLowSurrogate(text[end]) ? end - 1 : end;
    }

    /// <summary>
    /// Whether a place is before a blank and a letter, or between the end of a line and a letter, and after something
    /// visible: both vocabularies divide a text there before they look for pairs.
    /// </summary>
    private static bool IsBoundary(string text, int place) => text[place] == ' '
        ? char.IsLetter(text[place + 1 < text.Length ? place + 1 : place]) && !char.IsWhiteSpace(text[place - 1])
        : char.IsLetter(text[place]) && text[place - 1] == '\n' && !char.IsWhiteSpace(text[place - 2]);
}
