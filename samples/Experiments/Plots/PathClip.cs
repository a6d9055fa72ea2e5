using ScottPlot;

namespace Experiments;

/// <summary>Cuts a path at a box, so that a path that reaches 1e30 can be drawn in single precision.</summary>
internal static class PathClip
{
    /// <summary>
    /// The pieces of a path inside the box, each with the points where it enters and leaves. A point
    /// that is not finite is a gap.
    /// </summary>
    internal static IEnumerable<Coordinates[]> Pieces(IReadOnlyList<Coordinates> path, AxisRange x, AxisRange y)
    {
        List<Coordinates> piece = [];
        for (int index = 0; index + 1 < path.Count; index++)
        {
            if (Inside(path[index], path[index + 1], x, y) is not var (from, to)) continue;
            if (piece.Count > 0 && piece[^1] != from)
            {
                yield return [.. piece];
                piece.Clear();
            }

            if (piece.Count == 0) piece.Add(from);
            piece.Add(to);
        }

        if (piece.Count > 0) yield return [.. piece];
    }

    /// <summary>The part of a segment in the box (Liang and Barsky, 1984).</summary>
    private static (Coordinates From, Coordinates To)? Inside(
        Coordinates from, Coordinates to, AxisRange x, AxisRange y)
    {
        (double alongX, double alongY) = (to.X - from.X, to.Y - from.Y);
        if (!double.IsFinite(alongX) || !double.IsFinite(alongY)) return null;
        (double enter, double leave) = (0, 1);
        foreach ((double along, double distance) in ((double, double)[])
            [(-alongX, from.X - x.Min), (alongX, x.Max - from.X), (-alongY, from.Y - y.Min), (alongY, y.Max - from.Y)])
        {
            if (along == 0 && distance < 0) return null;
            if (along < 0) enter = Math.Max(enter, distance / along);
            if (along > 0) leave = Math.Min(leave, distance / along);
        }

        if (enter > leave) return null;
        return (enter == 0 ? from : At(enter), leave == 1 ? to : At(leave));

        Coordinates At(double share) => new(from.X + (share * alongX), from.Y + (share * alongY));
    }
}
