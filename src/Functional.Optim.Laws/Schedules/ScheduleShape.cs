using System.Collections.Immutable;

namespace Functional.Optim.Laws;

/// <summary>What a schedule promises.</summary>
/// <param name="Floor">The lowest rate.</param>
/// <param name="Peak">The highest rate.</param>
/// <param name="Turns">
/// The steps, in rising order, at which it turns or one piece ends and the next begins: between two neighbours it only
/// rises or only falls. After the last anything between floor and peak is right.
/// </param>
public sealed record ScheduleShape(double Floor, double Peak, params ImmutableArray<long> Turns)
{
    /// <summary>
    /// The first step that has the floor or more; the steps before it, a warm-up from 0, may be lower.
    /// </summary>
    public long FloorFrom { get; init; }

    /// <summary>
    /// The most by which the rate of a step next to a turn may differ from that of the turn: 0.002 of the peak for
    /// pieces of a million steps.
    /// </summary>
    public double LargestJump { get; init; } = double.PositiveInfinity;

    /// <summary>What rounding may do to a rate.</summary>
    internal double Rounding => 1e-15 * Peak;

    internal IEnumerable<(long From, long To)> Pieces() => Turns.Zip(Turns.Skip(1));

    /// <summary>
    /// Steps in rising order: about each turn, some in each piece, some anywhere and the last there is.
    /// </summary>
    internal IEnumerable<long> Steps()
    {
        Random random = new(1);
        IEnumerable<long> near = from turn in Turns.Prepend(0) from away in Enumerable.Range(-2, 5) select turn + away;
        IEnumerable<long> inside =
            from piece in Pieces() from part in Enumerable.Range(1, 7)
            select piece.From + ((piece.To - piece.From) / 8 * part);
        IEnumerable<long> far = Enumerable.Range(0, 9).Select(_ => random.NextInt64()).Append(long.MaxValue);
        return near.Concat(inside).Concat(far).Where(step => step >= 0).Distinct().Order();
    }
}
