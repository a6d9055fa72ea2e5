using System.IO.Enumeration;

namespace Functional.Optim;

/// <summary>Leaves by a word or a pattern of their names.</summary>
internal static class LeafText
{
    internal const string All = "all", None = "none", Allowed = "all, none, matrices (of rank 2 and more) or a pattern of names such as *.weight";

    private static readonly Func<Leaf, bool> Every = static _ => true, Neither = static _ => false, Matrices = static leaf => leaf.Rank >= 2;

    /// <summary>Whether the text says which leaves. A pattern has a star, so that a word misspelt is none.</summary>
    internal static bool TryRead(string text, out Func<Leaf, bool> matches)
    {
        matches = text.ToLowerInvariant() switch
        {
            All => Every,
            None => Neither,
            "matrices" => Matrices,
            _ => leaf => FileSystemName.MatchesSimpleExpression(text, leaf.Name, ignoreCase: false),
        };
        return ReferenceEquals(matches, Every) || ReferenceEquals(matches, Neither) || ReferenceEquals(matches, Matrices) || text.Contains('*');
    }
}
