namespace CommandLine;

/// <summary>Finds the known name that a mistyped one was probably meant to be.</summary>
public static class Suggestion
{
    /// <summary>A shorter text is part of too many names to tell which is meant.</summary>
    private const int MinPartLength = 3;

    /// <summary>
    /// The end of an error message: "; did you mean NAME?", or an empty text where no known name is near.
    /// </summary>
    /// <param name="text">The text given.</param>
    /// <param name="names">The known names.</param>
    public static string For(string text, IEnumerable<string> names) =>
        Nearest(text, names) is { } name ? $"; did you mean {name}?" : "";

    /// <summary>
    /// The known name with the smallest edit distance, if that is at most a third of the length of the text,
    /// rounded; otherwise the shortest known name that contains the text; otherwise <see langword="null"/>. Case and
    /// leading hyphens do not count.
    /// </summary>
    /// <param name="text">The text given.</param>
    /// <param name="names">The known names.</param>
    public static string? Nearest(string text, IEnumerable<string> names)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(names);
        string wanted = Plain(text);
        int limit = Math.Min((wanted.Length + 1) / 3, wanted.Length - 1);
        string[] known = [.. names];
        string? similar = known
            .Select(name => (Name: name, Distance: EditDistance(wanted, Plain(name))))
            .Where(pair => pair.Distance <= limit)
            .OrderBy(pair => pair.Distance)
            .Select(pair => pair.Name)
            .FirstOrDefault();
        return similar ?? known
            .Where(name => wanted.Length >= MinPartLength && Plain(name).Contains(wanted, StringComparison.Ordinal))
            .MinBy(name => name.Length);
    }

    /// <summary>
    /// The smallest number of edits that turn one text into the other. An edit inserts, deletes or replaces a
    /// character, or swaps two neighbours; no character is edited twice.
    /// </summary>
    /// <param name="from">One text.</param>
    /// <param name="to">The other text.</param>
    public static int EditDistance(string from, string to)
    {
        ArgumentNullException.ThrowIfNull(from);
        ArgumentNullException.ThrowIfNull(to);
        int[,] distances = new int[from.Length + 1, to.Length + 1];
        for (int row = 0; row <= from.Length; row++) distances[row, 0] = row;
        for (int column = 0; column <= to.Length; column++) distances[0, column] = column;
        for (int row = 1; row <= from.Length; row++)
        {
            for (int column = 1; column <= to.Length; column++)
            {
                int replaced = distances[row - 1, column - 1] + (from[row - 1] == to[column - 1] ? 0 : 1);
                int best = Math.Min(replaced, 1 + Math.Min(distances[row - 1, column], distances[row, column - 1]));
                bool isSwapped = row > 1 && column > 1
                    && from[row - 1] == to[column - 2] && from[row - 2] == to[column - 1];
                distances[row, column] = isSwapped ? Math.Min(best, 1 + distances[row - 2, column - 2]) : best;
            }
        }

        return distances[from.Length, to.Length];
    }

    private static string Plain(string text) => text.TrimStart('-').ToUpperInvariant();
}
