using LanguageExt;
using LanguageExt.Common;

namespace LanguageModel;

/// <summary>A corpus as tokens: the first nine tenths to train on, the last tenth held out.</summary>
/// <param name="Corpus">The text.</param>
/// <param name="Tokenizer">The tokenizer.</param>
/// <param name="Training">The tokens to train on.</param>
/// <param name="Validation">The tokens to validate on.</param>
public sealed record TokenizedText(
    Corpus Corpus, Tokenizer Tokenizer, ReadOnlyMemory<int> Training, ReadOnlyMemory<int> Validation)
{
    /// <summary>A text file as tokens, or without a file the documentation of .NET; or an error in one line.</summary>
    /// <param name="file">The path of the file; <see langword="null"/> for the documentation.</param>
    /// <param name="tokens">The name of the tokenizer.</param>
    /// <param name="context">The length of a sequence.</param>
    public static Fin<TokenizedText> Read(string? file, string tokens, int context) =>
        (file is null ? DocumentationCorpus.FromSdk() : Corpus.FromFile(file))
        .Bind(corpus => Of(corpus, tokens, context));

    /// <summary>The corpus as tokens, or an error if a part is too short for one sequence and its targets.</summary>
    /// <param name="corpus">The text.</param>
    /// <param name="tokens">The name of the tokenizer; the characters are those of the text.</param>
    /// <param name="context">The length of a sequence.</param>
    public static Fin<TokenizedText> Of(Corpus corpus, string tokens, int context) =>
        Tokenizer.Of(tokens, corpus.Text).In($"the text '{corpus.Source}'")
            .Bind(tokenizer => Of(corpus, tokenizer, context));

    /// <summary>The corpus as tokens, or an error if a part is too short for one sequence and its targets.</summary>
    /// <param name="corpus">The text.</param>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="context">The length of a sequence.</param>
    public static Fin<TokenizedText> Of(Corpus corpus, Tokenizer tokenizer, int context) =>
        tokenizer.Encode(corpus.Text).In($"the text '{corpus.Source}'").Bind<TokenizedText>(tokens =>
        {
            int training = (int)(tokens.Length * 9L / 10);
            return tokens.Length - training > context
                ? new TokenizedText(corpus, tokenizer, tokens.AsMemory(0, training), tokens.AsMemory(training))
                : Error.New(
                    $"the text '{corpus.Source}' has {tokens.Length:N0} {tokenizer.Unit}; with a context of "
                    + $"{context:N0} the tenth that is held out needs {context + 1:N0}, so the text at least "
                    + $"{(10L * context) + 1:N0}");
        });
}
