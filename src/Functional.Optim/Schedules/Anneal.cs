using System.Text.Json.Serialization;

namespace Functional.Optim;

/// <summary>The shape of a change from one rate to another: how much of it is done at a progress p in [0, 1].</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Anneal>))]
public enum Anneal
{
    /// <summary>A line: p.</summary>
    Linear,

    /// <summary>Half a cosine, flat at both ends: (1 − cos πp) / 2.</summary>
    Cosine,

    /// <summary>√p, steep at first; falling it leaves 1 − √p ("1−sqrt", Hägele et al., 2024).</summary>
    SquareRoot,
}

/// <summary>The formulas of <see cref="Anneal"/>.</summary>
internal static class Annealing
{
    /// <summary>The value between two, both not negative; exactly the start at and before 0, the end at and after 1.</summary>
    internal static double Between(this Anneal anneal, double start, double end, double progress)
    {
        if (progress <= 0) return start;
        if (progress >= 1) return end;
        double done = anneal switch
        {
            Anneal.Linear => progress,
            Anneal.Cosine => (1 - Math.Cos(Math.PI * progress)) / 2,
            _ => Math.Sqrt(progress),
        };
        // From the lower end up, so that small values keep their digits and no order of rounding breaks the monotony.
        double low = Math.Min(start, end), high = Math.Max(start, end);
        return Math.Min(low + ((high - low) * (start < end ? done : 1 - done)), high);
    }
}
