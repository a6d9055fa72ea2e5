namespace CommandLine;

/// <summary>Lists of words as in a sentence.</summary>
public static class Words
{
    /// <summary>Joined with "and": one, two and three.</summary>
    /// <param name="words">The words.</param>
    public static string And(IEnumerable<string> words) => Join(words, "and");

    /// <summary>Joined with "or": one, two or three.</summary>
    /// <param name="words">The words.</param>
    public static string Or(IEnumerable<string> words) => Join(words, "or");

    private static string Join(IEnumerable<string> words, string last)
    {
        string[] all = [.. words];
        return all.Length < 2 ? string.Concat(all) : $"{string.Join(", ", all[..^1])} {last} {all[^1]}";
    }
}
