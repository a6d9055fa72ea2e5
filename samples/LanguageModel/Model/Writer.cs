using Functional.Optim;
using Functional.Optim.Kernels;

namespace LanguageModel;

/// <summary>Lets a model write: each character drawn from what the model makes of those before it.</summary>
public static class Writer
{
    /// <summary>A little below 1 favours what is likely, so that words hold together.</summary>
    private const double Temperature = 0.8;

    /// <summary>Writes a text of a length; a function of the parameters, the beginning and the seed.</summary>
    /// <param name="model">The model.</param>
    /// <param name="parameters">Its parameters.</param>
    /// <param name="tokenizer">Its characters.</param>
    /// <param name="context">The most characters the model sees.</param>
    /// <param name="beginning">The token before the first that is written.</param>
    /// <param name="length">The number of characters.</param>
    /// <param name="seed">Where the draws come from.</param>
    /// <param name="cancellation">Stops; what is written until then is returned.</param>
    public static string Write(
        GptModel model, ParameterTree<float> parameters, CharacterTokenizer tokenizer, int context, int beginning, int length, ulong seed,
        CancellationToken cancellation)
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
            text[written + 1] = Draw(logits.AsSpan((seen - 1) * vocabulary, vocabulary), random.Uniform((ulong)written, RandomStreams.Writing));
        }

        return tokenizer.Decode(text.AsSpan(1, written));
    }

    /// <summary>The token at a place of the cumulative distribution softmax(logits / temperature).</summary>
    private static int Draw(ReadOnlySpan<float> logits, double place)
    {
        double largest = double.NegativeInfinity, sum = 0;
        foreach (float logit in logits) largest = Math.Max(largest, logit);
        foreach (float logit in logits) sum += Math.Exp((logit - largest) / Temperature);
        double left = place * sum;
        for (int token = 0; token < logits.Length; token++)
        {
            left -= Math.Exp((logits[token] - largest) / Temperature);
            if (left < 0) return token;
        }

        return logits.Length - 1;
    }
}
