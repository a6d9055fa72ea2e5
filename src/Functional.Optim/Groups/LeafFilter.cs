using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.IO.Enumeration;

namespace Functional.Optim;

/// <summary>
/// A set of leaves, as a value: it prints as the text that <see cref="TryParse"/> reads, and filters with the same text
/// are equal. It converts to a predicate of leaves: <c>AdamW.Of(rate, decay: LeafFilter.Matrices)</c>.
/// </summary>
/// <remarks>
/// Thread safety: any thread may use any filter, provided that the predicate of a
/// <see cref="Custom"/> filter is thread-safe.
/// </remarks>
public abstract record LeafFilter
{
    /// <summary>What <see cref="TryParse"/> reads, for messages.</summary>
    internal const string Allowed =
        "all, none, matrices (of rank 2 and more), hiddenMatrices or a pattern of names such as *.weight";

    private static readonly SearchValues<char> Special = SearchValues.Create("()[],;=");

    private readonly Func<Leaf, bool> predicate;

    private LeafFilter() => predicate = Contains;

    /// <summary>Every leaf.</summary>
    public static LeafFilter All { get; } = new TextFilter("all", false, static _ => true);

    /// <summary>No leaf.</summary>
    public static LeafFilter None { get; } = new TextFilter("none", false, static _ => false);

    /// <summary>Leaves of rank 2 and more.</summary>
    public static LeafFilter Matrices { get; } = new TextFilter("matrices", false, static leaf => leaf.Rank >= 2);

    /// <summary>
    /// Leaves of rank 2 and more that are neither an embedding nor an output layer, by their names: no part of the name
    /// between dots contains "embed" or is wte, wpe, head or lm_head. These are the leaves for <see cref="Muon"/>.
    /// </summary>
    public static LeafFilter HiddenMatrices { get; } =
        new TextFilter("hiddenMatrices", false, static leaf => leaf.Rank >= 2 && !IsEmbeddingOrOutput(leaf.Name));

    private static LeafFilter[] Keywords => [All, None, Matrices, HiddenMatrices];

    /// <summary>
    /// Leaves whose names match a pattern, in which * matches any text, also none, and ?
    /// matches any one character: <c>*.weight</c>.
    /// </summary>
    /// <param name="pattern">The pattern; case matters.</param>
    /// <exception cref="ArgumentException">The pattern is null or empty.</exception>
    public static LeafFilter Named(string pattern)
    {
        ArgumentException.ThrowIfNullOrEmpty(pattern);
        return new TextFilter(
            pattern, true, leaf => FileSystemName.MatchesSimpleExpression(pattern, leaf.Name, ignoreCase: false));
    }

    /// <summary>
    /// The leaves for which a custom predicate holds. The filter prints as its name. It equals another
    /// filter with the same name and predicate.
    /// </summary>
    /// <param name="name">The name.</param>
    /// <param name="matches">Whether a leaf is in the set.</param>
    /// <exception cref="ArgumentException">The name is null or empty, or there is no predicate.</exception>
    public static LeafFilter Custom(string name, Func<Leaf, bool> matches)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(matches);
        return new CustomFilter(name, matches);
    }

    /// <summary>
    /// The filter of a predicate: the filter that it was converted from, or else a custom filter named "custom".
    /// </summary>
    /// <param name="matches">The predicate; <see langword="null"/> for <see cref="All"/>.</param>
    public static LeafFilter Of(Func<Leaf, bool>? matches) =>
        matches is null ? All : matches.Target as LeafFilter ?? new CustomFilter("custom", matches);

    /// <summary>The filter as a predicate; <see cref="Of"/> converts it back to the same filter.</summary>
    /// <param name="filter">The filter; <see langword="null"/> stays <see langword="null"/>.</param>
    [return: NotNullIfNotNull(nameof(filter))]
    public static implicit operator Func<Leaf, bool>?(LeafFilter? filter) => filter?.predicate;

    /// <summary>
    /// Reads a keyword, such as "matrices", in any case, or a pattern. A pattern must contain a
    /// star, so that a misspelt keyword is not one.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <param name="filter">The filter; <see cref="All"/> when the text is neither.</param>
    public static bool TryParse(string? text, out LeafFilter filter)
    {
        LeafFilter? keyword =
            Array.Find(Keywords, known => string.Equals($"{known}", text, StringComparison.OrdinalIgnoreCase));
        bool isPattern = keyword is null && text is not null && text.Contains('*', StringComparison.Ordinal);
        filter = keyword ?? (isPattern ? Named(text!) : All);
        return keyword is not null || isPattern;
    }

    /// <summary>Whether a leaf is in the set.</summary>
    /// <param name="leaf">The leaf.</param>
    public abstract bool Contains(Leaf leaf);

    /// <summary>Whether <see cref="Contains"/> cannot throw: it runs no predicate of a user.</summary>
    internal bool NeverThrows => this is not CustomFilter;

    /// <summary>Whether its text can stand in that of an optimizer.</summary>
    internal bool IsText => !ToString().AsSpan().ContainsAny(Special);

    private static bool IsEmbeddingOrOutput(string name)
    {
        foreach (Range part in name.AsSpan().Split('.'))
        {
            ReadOnlySpan<char> word = name.AsSpan(part);
            if (word.Contains("embed", StringComparison.OrdinalIgnoreCase)) return true;
            if (word is "wte" or "wpe" or "head" or "lm_head") return true;
        }

        return false;
    }

    /// <summary>A keyword or a pattern: the text tells everything.</summary>
    private sealed record TextFilter(string Text, bool IsPattern, Func<Leaf, bool> Matches) : LeafFilter
    {
        public override bool Contains(Leaf leaf) => Matches(leaf);

        public bool Equals(TextFilter? other) =>
            other is not null && Text == other.Text && IsPattern == other.IsPattern;

        public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);

        public override string ToString() => Text;
    }

    private sealed record CustomFilter(string Name, Func<Leaf, bool> Matches) : LeafFilter
    {
        public override bool Contains(Leaf leaf) => Matches(leaf);

        public bool Equals(CustomFilter? other) =>
            other is not null && Name == other.Name && Matches == other.Matches;

        public override int GetHashCode() => HashCode.Combine(Name, Matches);

        public override string ToString() => Name;
    }
}
