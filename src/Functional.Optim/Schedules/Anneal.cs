using System.Text.Json.Serialization;

namespace Functional.Optim;

/// <summary>
/// The curve from one rate to another: the fraction of the change that is done at a progress p in [0, 1].
/// </summary>
[JsonConverter(typeof(JsonStringEnumConverter<Anneal>))]
public enum Anneal
{
    /// <summary>A line: p.</summary>
    Linear,

    /// <summary>Half a cosine period, flat at both ends: (1 − cos πp) / 2.</summary>
    Cosine,

    /// <summary>
    /// √p, steep at the start; a decay with it is 1 − √p ("1−sqrt"; Hägele et al., 2024,
    /// <see href="https://arxiv.org/abs/2405.18392">arXiv:2405.18392</see>).
    /// </summary>
    SquareRoot,

    /// <summary>p², flat at the start; a decay with it is 1 − p² ("1−square"; Hägele et al., 2024).</summary>
    Square,
}

/// <summary>The formulas of <see cref="Anneal"/>.</summary>
internal static class Annealing
{
    /// <summary>
    /// The value between a start and an end, both not negative: exactly the start for
    /// progress up to 0, exactly the end from 1.
    /// </summary>
    internal static double Between(this Anneal anneal, double start, double end, double progress)
    {
        if (progress <= 0) return start;
        if (progress >= 1) return end;
        double done = anneal switch
        {
            Anneal.Linear => progress,
            Anneal.Cosine => (1 - Math.Cos(Math.PI * progress)) / 2,
            Anneal.SquareRoot => Math.Sqrt(progress),
            _ => progress * progress,
        };
        // From the lower end up: small values keep their precision, and rounding cannot break monotonicity.
        double low = Math.Min(start, end), high = Math.Max(start, end);
        return Math.Min(low + ((high - low) * (start < end ? done : 1 - done)), high);
    }

    /// <summary>The way from the end to the start, gone backwards: a rise as flat at the top as the fall.</summary>
    internal static double Backwards(this Anneal anneal, double start, double end, double progress) =>
        anneal is Anneal.Linear or Anneal.Cosine
            ? anneal.Between(start, end, progress)
            : anneal.Between(end, start, 1 - progress);
}
