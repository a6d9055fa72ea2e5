using System.Collections.Immutable;
using System.Text.Json;

namespace Functional.Optim;

/// <summary>
/// What the slots of a state mean, as text: the transforms that keep them, in order, with the names of their slots,
/// such as <c>trace(momentum), adam(m, v)</c>.
/// </summary>
internal static class StateIdentity
{
    /// <summary>The name of a kind of slots: that of its type, without what says only what it does with them.</summary>
    internal static string NameOf(Type type)
    {
        string name = type.Name;
        foreach (string ending in (ReadOnlySpan<string>)["Scaling", "Averaging"])
        {
            if (name.Length > ending.Length && name.EndsWith(ending, StringComparison.Ordinal))
                name = name[..^ending.Length];
        }

        return JsonNamingPolicy.CamelCase.ConvertName(name);
    }

    internal static string Of(Type type, ImmutableArray<string> slots) => Of("", NameOf(type), slots);

    internal static string Of(string prefix, string kind, ImmutableArray<string> slots) =>
        $"{prefix}{kind}({string.Join(", ", slots)})";

    internal static string Join(string first, string second) =>
        first.Length == 0 ? second : second.Length == 0 ? first : $"{first}, {second}";

    /// <summary>
    /// The identity without the transform that ends it, or <see langword="null"/> where another one does.
    /// </summary>
    internal static string? Without(string last, string identity) =>
        identity == last ? ""
        : identity.EndsWith($", {last}", StringComparison.Ordinal) ? identity[..^(last.Length + 2)]
        : null;

    /// <summary>The kind of each slot; empty where the identity is not known.</summary>
    internal static ImmutableArray<string> KindsOf(string identity)
    {
        ImmutableArray<string>.Builder kinds = ImmutableArray.CreateBuilder<string>();
        for (int start = 0; start < identity.Length;)
        {
            int open = identity.IndexOf('(', start), close = open < 0 ? -1 : identity.IndexOf(')', open);
            if (close < 0) break;
            string name = identity[start..open], kind = name[(name.LastIndexOf('/') + 1)..];
            int slots = identity[open..close].Count(character => character == ',') + 1;
            for (int slot = 0; slot < slots; slot++) kinds.Add(kind);
            start = Math.Min(close + 3, identity.Length);
        }

        return kinds.ToImmutable();
    }
}
