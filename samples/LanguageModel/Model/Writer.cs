using Functional.Optim;
using Functional.Optim.Kernels;

namespace LanguageModel;

/// <summary>
/// Lets a model write a text: draws each character from the probabilities that the model gives after those before it.
/// </summary>
public static class Writer
{
    /// <summary>A little below 1, which favours likely characters.</summary>
    private const double Temperature = 0.8;

    /// <summary>Writes a text. It is a function of the parameters, the beginning and the seed.</summary>
    /// <param name="model">The model.</param>
    /// <param name="parameters">The parameters of the model.</param>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="context">The maximum number of characters that the model sees.</param>
    /// <param name="beginning">The token before the text.</param>
    /// <param name="length">The number of characters.</param>
    /// <param name="seed">The seed of the draws.</param>
    /// <param name="cancellation">Stops the writing; the text so far is returned.</param>
    public static string Write(
        GptModel model, ParameterTree<float> parameters, CharacterTokenizer tokenizer, int context, int beginning,
        int length, ulong seed, CancellationToken cancellation)
    {
        Philox random = new(seed);
        int[] text = new int[length + 1];
        text[0] = beginning;
        int vocabulary = tokenizer.Vocabulary.Length, written = 0;
        float[] logits = new float[context * vocabulary];
        for (; written < length && !cancellation.IsCancellationRequested; written++)
        {
            int seen = Math.Min(written + 1, context);
            model.Logits(parameters, text.AsMemory(written + 1 - seen, seen), logits.AsSpan(0, seen * vocabulary));
            ReadOnlySpan<float> last = logits.AsSpan((seen - 1) * vocabulary, vocabulary);
            text[written + 1] = Draw(last, random.Uniform((ulong)written, RandomStreams.Writing));
        }

        return tokenizer.Decode(text.AsSpan(1, written));
    }

    /// <summary>The token at a place of the cumulative distribution softmax(logits / temperature).</summary>
    private static int Draw(ReadOnlySpan<float> logits, double place)
    {
        double max = double.NegativeInfinity, sum = 0;
        foreach (float logit in logits) max = Math.Max(max, logit);
        foreach (float logit in logits) sum += Math.Exp((logit - max) / Temperature);
        double left = place * sum;
        for (int token = 0; token < logits.Length; token++)
        {
            left -= Math.Exp((logits[token] - max) / Temperature);
            if (left < 0) return token;
        }

        return logits.Length - 1;
    }
}
