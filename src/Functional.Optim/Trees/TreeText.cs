namespace Functional.Optim;

/// <summary>The text of names, shapes and lists of any size, shortened so that messages stay readable.</summary>
internal static class TreeText
{
    private const int MaxCharacters = 128;
    private const int MaxDimensions = 8;

    /// <summary>A name, shortened if it is long.</summary>
    internal static string Name(string name) => Excerpt.Of(name, MaxCharacters);

    /// <summary>A shape; of a long one the first sizes and the number of dimensions.</summary>
    internal static string Shape(ReadOnlySpan<int> shape)
    {
        string sizes = string.Join(", ", shape[..Math.Min(shape.Length, MaxDimensions)].ToArray());
        return shape.Length <= MaxDimensions ? $"[{sizes}]" : $"[{sizes}, … {shape.Length} dimensions]";
    }

    /// <summary>The first entries of a list, and the number of the others.</summary>
    internal static string List(IEnumerable<string> entries, int count, int shown, string separator) =>
        string.Join(separator, entries.Take(shown)) + (count > shown ? $"{separator}and {count - shown} more" : "");

    /// <summary>The difference between two leaves with the same text; empty when their texts differ.</summary>
    internal static string Difference(Leaf? left, Leaf? right)
    {
        if (left is null || right is null || left.ToString() != right.ToString()) return "";
        int character = left.Name.AsSpan().CommonPrefixLength(right.Name);
        if (left.Name != right.Name) return $" (the names differ at character {character})";
        int dimension = left.Shape.AsSpan().CommonPrefixLength(right.Shape.AsSpan());
        return $" (dimension {dimension} is {SizeOf(left)} and {SizeOf(right)})";

        string SizeOf(Leaf leaf) => dimension < leaf.Rank ? $"{leaf.Shape[dimension]}" : "missing";
    }
}
