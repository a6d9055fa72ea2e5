using Functional.Optim;
using Functional.Optim.Kernels;
using LanguageExt;
using LanguageExt.Common;

namespace LanguageModel;

/// <summary>
/// Lets a model write a text: draws each token from the probabilities that the model gives after those before it.
/// </summary>
public static class Writer
{
    /// <summary>
    /// Writes what follows a prompt. It is a function of the parameters, the prompt, the sampling and the seed.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="parameters">The parameters of the model.</param>
    /// <param name="tokenizer">The tokenizer; its vocabulary is the model's.</param>
    /// <param name="prompt">
    /// The text before, of any length: the model sees its end. The end of a line stands for an empty one.
    /// </param>
    /// <param name="length">The number of tokens, from 0.</param>
    /// <param name="sampling">How a token is drawn.</param>
    /// <param name="seed">The seed of the draws.</param>
    /// <param name="received">Receives the text piece by piece, in whole characters.</param>
    /// <param name="cancellation">Stops the writing; the text so far is returned.</param>
    /// <returns>
    /// The text without the prompt; or an error where the prompt has a character that the vocabulary lacks, the
    /// vocabulary is another than the model's, or a logit is not finite.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException">The length is negative.</exception>
    public static Fin<string> Write(
        GptModel model, ParameterTree<float> parameters, Tokenizer tokenizer, string prompt, int length,
        Sampling sampling, ulong seed, Action<string>? received = null, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        if (tokenizer.VocabularySize != model.Vocabulary) return Error.New(
            $"the tokenizer {tokenizer.Name} has {tokenizer.VocabularySize:N0} tokens; the model has "
            + $"{model.Vocabulary:N0}");
        return tokenizer.Encode(prompt).In("the prompt")
            .Bind(encoded => Write(encoded.Length == 0 ? [tokenizer.Start] : encoded));

        Fin<string> Write(int[] before)
        {
            Philox random = new(seed);
            List<int> text = [.. before.AsSpan(Math.Max(before.Length - model.Context, 0))];
            (int first, int told) = (text.Count, text.Count);
            float[] logits = new float[model.Vocabulary];
            for (int written = 0; written < length && !cancellation.IsCancellationRequested; written++)
            {
                int seen = Math.Min(text.Count, model.Context);
                model.NextLogits(parameters, text.GetRange(text.Count - seen, seen).ToArray(), logits);
                Fin<int> drawn = sampling.Draw(logits, random.Uniform((ulong)written, RandomStreams.Writing));
                if (drawn.IsFail) return drawn.Map(static _ => "")
                    .In($"the text after token {written:N0}");
                text.Add((int)drawn);
                Tell(isEnd: false);
            }

            Tell(isEnd: true);
            return Decoded(first);

            // A token may end inside a character: such a piece waits for the tokens that complete it.
            void Tell(bool isEnd)
            {
                if (received is null || told == text.Count) return;
                string piece = Decoded(told);
                if (!isEnd && piece.EndsWith('\uFFFD')) return;
                told = text.Count;
                received(piece);
            }

            string Decoded(int start) => tokenizer.Decode([.. text[start..]]);
        }
    }
}
