namespace Functional.Optim;

/// <summary>
/// How trees print: names, shapes and lists of any size as short texts, so that no message outgrows what it tells.
/// </summary>
internal static class TreeText
{
    private const int MaxCharacters = 128;
    private const int MaxDimensions = 8;

    /// <summary>A name, or its start.</summary>
    internal static string Name(string name) => Excerpt.Of(name, MaxCharacters);

    /// <summary>A shape, or its first sizes and how many there are.</summary>
    internal static string Shape(ReadOnlySpan<int> shape)
    {
        string sizes = string.Join(", ", shape[..Math.Min(shape.Length, MaxDimensions)].ToArray());
        return shape.Length <= MaxDimensions ? $"[{sizes}]" : $"[{sizes}, … {shape.Length} dimensions]";
    }

    /// <summary>The first entries of a list, and how many are left out.</summary>
    internal static string List(IEnumerable<string> entries, int count, int shown, string separator) =>
        string.Join(separator, entries.Take(shown)) + (count > shown ? $"{separator}and {count - shown} more" : "");

    /// <summary>Where two leaves that print alike differ; nothing when their texts tell it.</summary>
    internal static string Difference(Leaf? left, Leaf? right)
    {
        if (left is null || right is null || left.ToString() != right.ToString()) return "";
        int character = left.Name.AsSpan().CommonPrefixLength(right.Name);
        if (left.Name != right.Name) return $" (the names differ from character {character} on)";
        int dimension = left.Shape.AsSpan().CommonPrefixLength(right.Shape.AsSpan());
        return $" (dimension {dimension} is {SizeOf(left)} and {SizeOf(right)})";

        string SizeOf(Leaf leaf) => dimension < leaf.Rank ? $"{leaf.Shape[dimension]}" : "missing";
    }
}
