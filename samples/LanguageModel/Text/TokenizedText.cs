using LanguageExt;
using LanguageExt.Common;

namespace LanguageModel;

/// <summary>A corpus as tokens: the first nine tenths to train on, the last tenth held out.</summary>
/// <param name="Corpus">The text.</param>
/// <param name="Tokenizer">The tokenizer.</param>
/// <param name="Training">The tokens to train on.</param>
/// <param name="Validation">The tokens to validate on.</param>
public sealed record TokenizedText(Corpus Corpus, CharacterTokenizer Tokenizer, int[] Training, int[] Validation)
{
    /// <summary>A text file as tokens, or without a file the documentation of .NET; or an error in one line.</summary>
    /// <param name="file">The path of the file; <see langword="null"/> for the documentation.</param>
    /// <param name="context">The length of a sequence.</param>
    public static Fin<TokenizedText> Read(string? file, int context) =>
        (file is null ? DocumentationCorpus.FromSdk() : Corpus.FromFile(file)).Bind(corpus => Of(corpus, context));

    /// <summary>The corpus as tokens, or an error if a part is too short for one sequence and its targets.</summary>
    /// <param name="corpus">The text.</param>
    /// <param name="context">The length of a sequence.</param>
    public static Fin<TokenizedText> Of(Corpus corpus, int context)
    {
        int training = (int)(corpus.Text.Length * 9L / 10);
        if (corpus.Text.Length - training <= context)
        {
            return Error.New(
                $"the text '{corpus.Source}' has {corpus.Text.Length:N0} characters; with a context of {context:N0} "
                + $"the tenth that is held out needs {context + 1:N0}, so the text at least {(10L * context) + 1:N0}");
        }

        CharacterTokenizer tokenizer = CharacterTokenizer.Of(corpus.Text);
        return tokenizer.Encode(corpus.Text)
            .Map(tokens => new TokenizedText(corpus, tokenizer, tokens[..training], tokens[training..]));
    }
}
