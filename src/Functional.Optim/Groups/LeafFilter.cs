using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.IO.Enumeration;

namespace Functional.Optim;

/// <summary>
/// Which leaves: a value that prints as the text that <see cref="TryParse"/> reads, and equals another of the same text. It goes wherever a
/// predicate of leaves does: <c>AdamW.Of(rate, decay: LeafFilter.Matrices)</c>.
/// </summary>
/// <remarks>Thread safety: any thread may ask any filter, as long as the predicate of a <see cref="Custom"/> one allows it.</remarks>
public abstract record LeafFilter
{
    /// <summary>What <see cref="TryParse"/> reads.</summary>
    internal const string Allowed = "all, none, matrices (of rank 2 and more), hiddenMatrices or a pattern of names such as *.weight";

    private static readonly SearchValues<char> Special = SearchValues.Create("()[],;=");

    private readonly Func<Leaf, bool> predicate;

    private LeafFilter() => predicate = Contains;

    /// <summary>Every leaf.</summary>
    public static LeafFilter All { get; } = new Word("all", static _ => true);

    /// <summary>No leaf.</summary>
    public static LeafFilter None { get; } = new Word("none", static _ => false);

    /// <summary>Leaves of rank 2 and more.</summary>
    public static LeafFilter Matrices { get; } = new Word("matrices", static leaf => leaf.Rank >= 2);

    /// <summary>
    /// Leaves of rank 2 and more that are neither embedding nor output layer, by their names: no part between dots has "embed" in it or is
    /// wte, wpe, head or lm_head. What <see cref="Muon"/> is for.
    /// </summary>
    public static LeafFilter HiddenMatrices { get; } = new Word("hiddenMatrices", static leaf => leaf.Rank >= 2 && !IsOuter(leaf.Name));

    private static LeafFilter[] Words => [All, None, Matrices, HiddenMatrices];

    /// <summary>Leaves by a pattern of their names, where * is any text, also none, and ? is any one character: <c>*.weight</c>.</summary>
    /// <param name="pattern">The pattern; case matters.</param>
    /// <exception cref="ArgumentException">The pattern is null or empty.</exception>
    public static LeafFilter Named(string pattern)
    {
        ArgumentException.ThrowIfNullOrEmpty(pattern);
        return new Pattern(pattern);
    }

    /// <summary>A predicate of one's own, which prints as its name and equals another of the same name and predicate.</summary>
    /// <param name="name">The name.</param>
    /// <param name="matches">Whether a leaf is one.</param>
    /// <exception cref="ArgumentException">The name is null or empty, or there is no predicate.</exception>
    public static LeafFilter Custom(string name, Func<Leaf, bool> matches)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(matches);
        return new Own(name, matches);
    }

    /// <summary>The filter that a predicate comes from; one of its own where it comes from none.</summary>
    /// <param name="matches">The predicate; <see langword="null"/> for <see cref="All"/>.</param>
    public static LeafFilter Of(Func<Leaf, bool>? matches) =>
        matches is null ? All : matches.Target as LeafFilter ?? new Own("custom", matches);

    /// <summary>The filter as a predicate, which leads back to it by <see cref="Of"/>.</summary>
    /// <param name="filter">The filter; <see langword="null"/> stays so.</param>
    [return: NotNullIfNotNull(nameof(filter))]
    public static implicit operator Func<Leaf, bool>?(LeafFilter? filter) => filter?.predicate;

    /// <summary>Reads a word, such as "matrices", in any case, or a pattern, which has a star, so that a word misspelt is none.</summary>
    /// <param name="text">The text.</param>
    /// <param name="filter">The filter; <see cref="All"/> where the text is none.</param>
    public static bool TryParse(string? text, out LeafFilter filter)
    {
        LeafFilter? word = Array.Find(Words, known => string.Equals($"{known}", text, StringComparison.OrdinalIgnoreCase));
        filter = word ?? (text?.Contains('*', StringComparison.Ordinal) == true ? Named(text) : All);
        return word is not null || filter is Pattern;
    }

    /// <summary>Whether a leaf is one of them.</summary>
    /// <param name="leaf">The leaf.</param>
    public abstract bool Contains(Leaf leaf);

    /// <summary>Whether no leaf makes it throw: it is none of a user's.</summary>
    internal bool NeverThrows => this is not Own;

    /// <summary>Whether its text can stand in that of an optimizer.</summary>
    internal bool IsText => !ToString().AsSpan().ContainsAny(Special);

    private static bool IsOuter(string name)
    {
        foreach (Range part in name.AsSpan().Split('.'))
        {
            ReadOnlySpan<char> word = name.AsSpan(part);
            if (word.Contains("embed", StringComparison.OrdinalIgnoreCase) || word is "wte" or "wpe" or "head" or "lm_head") return true;
        }

        return false;
    }

    private sealed record Word(string Text, Func<Leaf, bool> Matches) : LeafFilter
    {
        public override bool Contains(Leaf leaf) => Matches(leaf);

        public bool Equals(Word? other) => other is not null && Text == other.Text;

        public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);

        public override string ToString() => Text;
    }

    private sealed record Pattern(string Text) : LeafFilter
    {
        public override bool Contains(Leaf leaf) => FileSystemName.MatchesSimpleExpression(Text, leaf.Name, ignoreCase: false);

        public bool Equals(Pattern? other) => other is not null && Text == other.Text;

        public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);

        public override string ToString() => Text;
    }

    private sealed record Own(string Name, Func<Leaf, bool> Matches) : LeafFilter
    {
        public override bool Contains(Leaf leaf) => Matches(leaf);

        public bool Equals(Own? other) => other is not null && Name == other.Name && Matches == other.Matches;

        public override int GetHashCode() => HashCode.Combine(Name, Matches);

        public override string ToString() => Name;
    }
}
