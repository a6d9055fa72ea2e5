using System.Globalization;
using Functional.Optim;
using LanguageExt;
using LanguageExt.Common;

namespace LanguageModel;

/// <summary>How the next token is drawn from logits: softmax(logits / temperature) over the most likely ones.</summary>
public sealed record Sampling
{
    private Sampling(double temperature, int topK) => (Temperature, TopK) = (temperature, topK);

    /// <summary>A temperature a little below 1, which favours likely tokens, and every token.</summary>
    public static Sampling Default { get; } = new(temperature: 0.8, topK: 0);

    /// <summary>The temperature; 0 for the most likely token.</summary>
    public double Temperature { get; }

    /// <summary>The number of most likely tokens that can be drawn; 0 for all.</summary>
    public int TopK { get; }

    /// <summary>A way to draw, or all validation errors.</summary>
    /// <param name="temperature">The temperature, finite and from 0; 0 for the most likely token.</param>
    /// <param name="topK">The number of most likely tokens, from 0; 0 or at least the vocabulary for all.</param>
    public static Validation<Error, Sampling> Of(double temperature = 0.8, int topK = 0) => new ValidationErrors()
        .Require(double.IsFinite(temperature) && temperature >= 0, "temperature", temperature, "a finite number from 0")
        .Require(topK >= 0, "top-k", topK, "an integer from 0; 0 is all")
        .Make(() => new Sampling(temperature, topK));

    /// <summary>
    /// The token at a place of the cumulative distribution. Of tokens with equal logits the first is the most likely.
    /// </summary>
    /// <param name="logits">The logit of each token; −∞ for one that cannot be drawn.</param>
    /// <param name="place">The place, in [0, 1).</param>
    /// <returns>The token, or an error where a logit is NaN or +∞, or every one is −∞.</returns>
    public Fin<int> Draw(ReadOnlySpan<float> logits, double place)
    {
        int best = 0;
        for (int token = 0; token < logits.Length; token++)
        {
            if (float.IsNaN(logits[token]) || float.IsPositiveInfinity(logits[token])) return Error.New(string.Create(
                CultureInfo.InvariantCulture, $"the logit of token {token} is {logits[token]}; allowed is a number"));
            if (logits[token] > logits[best]) best = token;
        }

        double max = logits[best];
        if (double.IsNegativeInfinity(max)) return Error.New("every logit is -Infinity; allowed is a number");
        if (Temperature == 0 || TopK == 1) return best;

        (float least, int equal) = Least(logits);
        double sum = 0;
        int seen = 0;
        foreach (float logit in logits) sum += Weight(logit, ref seen);
        double left = place * sum;
        (seen, int last) = (0, best);
        for (int token = 0; token < logits.Length; token++)
        {
            double weight = Weight(logits[token], ref seen);
            if (weight == 0) continue;
            left -= weight;
            last = token;
            if (left < 0) return token;
        }

        // Rounding can leave a little after the last token that can be drawn.
        return last;

        double Weight(float logit, ref int seen) =>
            logit < least || (logit == least && seen++ >= equal) ? 0 : Math.Exp((logit - max) / Temperature);
    }

    /// <summary>The lowest logit of the most likely tokens, and how many of them have it.</summary>
    private (float Logit, int Count) Least(ReadOnlySpan<float> logits)
    {
        if (TopK == 0 || TopK >= logits.Length) return (float.NegativeInfinity, logits.Length);
        float[] sorted = logits.ToArray();
        Array.Sort(sorted);
        ReadOnlySpan<float> likely = sorted.AsSpan(sorted.Length - TopK);
        int above = likely.IndexOfAnyExcept(likely[0]);
        return (likely[0], above < 0 ? TopK : above);
    }
}
