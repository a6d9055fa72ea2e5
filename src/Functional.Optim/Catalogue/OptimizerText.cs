using System.Collections.Immutable;
using LanguageExt;
using LanguageExt.Common;

namespace Functional.Optim;

/// <summary>
/// Optimizers as text, both ways: what an optimizer prints is what <see cref="Catalogue.Build"/> reads.
/// <code>
/// text      = item { then item }
/// item      = base { .withGroup(name=…, matches=…, …) | .withState(format) }
/// base      = name(option=value, …) | identity | partition(rule, …) | (text)
/// rule      = filter=text | name[filter]=text
/// </code>
/// Such as <c>clipByGlobalNorm(maximum=1) then partition(hiddenMatrices=muon(learningRate=0.02),
/// all=adamW(learningRate=0.0003))</c>.
/// </summary>
/// <remarks>
/// What has no text, such as a type that is not registered (<see cref="Catalogue.Register"/>), prints as a record. A
/// custom filter prints as its name, which no text is built from.
/// </remarks>
public static class OptimizerText
{
    /// <summary>How many optimizers a text may compose, so that no text takes long.</summary>
    internal const int MaxItems = 256;

    private const string Identity = "identity", PartitionName = "partition", Then = " then ", WithGroup = "withGroup",
        WithState = "withState";

    private static CatalogueEntry<LeafGroup, LeafGroup> Group { get; } = new(
        "group", WithGroup, static () => LeafGroup.Of("name", LeafFilter.All),
        static at => new LeafGroup(
            at.Name("name", "the name in reports", static of => of.Name),
            at.Leaves("matches", "which leaves", static of => of.Matches, required: true),
            new LeafSettings(
                at.Real(
                    "learningRateMultiplier", "multiplies the learning rate",
                    static of => of.Settings.LearningRateMultiplier, allowed: Bounds.NotNegative.Allowed),
                at.Real(
                    "weightDecayMultiplier", "multiplies every decay",
                    static of => of.Settings.WeightDecayMultiplier, allowed: Bounds.NotNegative.Allowed),
                at.Flag("frozen", "whether the leaves stay as they are", static of => of.Settings.Frozen))))
    {
        Description = "leaves with their own multipliers",
    };

    /// <summary>
    /// The text of an optimizer, of which an equal one is built, or an error that says it has none: a setting, a filter
    /// or a type without text.
    /// </summary>
    /// <param name="optimizer">The optimizer.</param>
    public static Validation<Error, string> Of(Optimizer optimizer)
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        return Written(optimizer).ToValidation();
    }

    /// <inheritdoc cref="Of"/>
    internal static Outcome<string> Written(Optimizer optimizer)
    {
        string text = optimizer.ToString();
        return Catalogue.Read(text).Is(optimizer)
            ? text
            : Outcome.Fail<string>(
                $"{Excerpt.Of(text)} has no text from which it is built again; allowed are entries of the catalogue, "
                + "whose filters are words or patterns");
    }

    /// <summary>What an optimizer prints; <see langword="null"/> where it has no text.</summary>
    internal static string? TryWrite(Optimizer optimizer)
    {
        if (Base(optimizer) is { } whole) return whole;
        if (optimizer.Groups.IsEmpty && optimizer.StateFormat is null) return null;
        Optimizer bare = optimizer with { Groups = [], StateFormat = null };
        if (Base(bare) is not { } text) return null;
        if (bare is Chain { Items.Length: > 1 }) text = $"({text})";
        // The groups stand in the order in which they are asked; the last one is put first by WithGroups.
        foreach (LeafGroup group in optimizer.Groups.Reverse())
        {
            if (!EntryText.IsPlain(group.Name) || Group.TextOf(group) is not { } written) return null;
            text += $".{written}";
        }

        return optimizer.StateFormat is { } format ? $"{text}.{WithState}({format})" : text;
    }

    /// <summary>The optimizer of a text; its first name is one of some entries, or of any.</summary>
    internal static Outcome<Optimizer> Parse(
        string text, Schedule? learningRate, ImmutableArray<CatalogueEntry<Optimizer>> entries)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (entries.IsDefaultOrEmpty)
            throw new ArgumentException("There are no entries; allowed are one or more.", nameof(entries));
        if (EntryText.ErrorOfParentheses(text) is { } wrong) return Outcome.Fail<Optimizer>(wrong);
        string[] pieces = [.. EntryText.Split(text, Then).Take(MaxItems + 1)];
        if (pieces.Length > MaxItems)
            return Outcome.Fail<Optimizer>(
                $"'{Excerpt.Of(text)}' composes more than {MaxItems} optimizers and transforms");
        Outcome<Optimizer>[] items =
            [.. pieces.Select(item => Item(item.Trim(), learningRate, entries))];
        return items.Length == 1
            ? items[0]
            : items.Aggregate(
                static (first, second) => Joined(first, second, static (before, after) => before.Then(after)));
    }

    private static string? Base(Optimizer optimizer) => optimizer switch
    {
        { Groups.IsEmpty: true, StateFormat: null } and Chain chain => OfChain(chain),
        { Groups.IsEmpty: true, StateFormat: null } and Partition partition => OfPartition(partition),
        Chain or Partition => null,
        Lbfgs lbfgs => Catalogue.Lbfgs.TextOf(lbfgs),
        _ => Catalogue.TextOf(optimizer),
    };

    private static string? OfChain(Chain chain)
    {
        string?[] items = [.. chain.Items.Select(TryWrite)];
        return items.Length == 0 ? Identity : items.Contains(null) ? null : string.Join(Then, items);
    }

    private static string? OfPartition(Partition partition)
    {
        List<string> rules = [];
        foreach (Partition.Rule rule in partition.Rules)
        {
            string matches = OptionText.Leaves.Write(rule.Matches);
            if (!EntryText.IsPlain(rule.Name) || TryWrite(rule.Optimizer) is not { } text) return null;
            rules.Add(rule.Name == matches ? $"{matches}={text}" : $"{rule.Name}[{matches}]={text}");
        }

        return $"{PartitionName}({string.Join(", ", rules)})";
    }

    private static Outcome<Optimizer> Item(
        string item, Schedule? learningRate, ImmutableArray<CatalogueEntry<Optimizer>> entries)
    {
        string[] pieces = [.. EntryText.Split(item, ".").Take(MaxItems + 1)];
        if (pieces.Length > MaxItems)
            return Outcome.Fail<Optimizer>(
                $"'{Excerpt.Of(item)}' has more than {MaxItems - 1} changes of an optimizer");
        // As of name option=0.1, where the dot is that of a number without parentheses around.
        if (Array.Exists(pieces[1..], static piece => piece.Length > 0 && char.IsAsciiDigit(piece[0])))
            return Outcome.Fail<Optimizer>($"'{Excerpt.Of(item)}' is not written as {EntryText.Form}");
        Outcome<Optimizer> read = Head(pieces[0].Trim(), learningRate, entries);
        foreach (string suffix in pieces.AsSpan(1))
            read = Joined(read, Suffix(suffix.Trim(), item), static (optimizer, change) => change(optimizer));
        return read;
    }

    private static Outcome<Optimizer> Head(
        string head, Schedule? learningRate, ImmutableArray<CatalogueEntry<Optimizer>> entries)
    {
        if (head.StartsWith('(') && head.EndsWith(')')) return Parse(head[1..^1], learningRate, entries);
        if (string.Equals(head, Identity, StringComparison.OrdinalIgnoreCase))
            return Composition.Identity;
        if (head.StartsWith($"{PartitionName}(", StringComparison.OrdinalIgnoreCase) && head.EndsWith(')'))
            return PartitionOf(head[(PartitionName.Length + 1)..^1], learningRate);
        return EntryText.Read(head).Bind(written =>
            string.Equals(written.Name, Catalogue.Lbfgs.Name, StringComparison.OrdinalIgnoreCase)
                ? Catalogue.Lbfgs.Read(written.Options, learningRate).Map(static lbfgs => (Optimizer)lbfgs)
                : EntryOf(written.Name, entries).Bind(entry => entry.Read(written.Options, learningRate)));
    }

    /// <summary>An entry by its name: one of some, or any; where there is none, the error lists the former.</summary>
    private static Outcome<CatalogueEntry<Optimizer>> EntryOf(
        string name, ImmutableArray<CatalogueEntry<Optimizer>> entries)
    {
        IEnumerable<CatalogueEntry<Optimizer>> all =
            [.. entries, .. Catalogue.Optimizers, .. Catalogue.Transforms, .. Catalogue.Scalings,
                .. Catalogue.FunctionWrappers];
        CatalogueEntry<Optimizer>? found =
            all.FirstOrDefault(entry => string.Equals(entry.Name, name, StringComparison.OrdinalIgnoreCase));
        return found is null ? entries.Named(name) : found;
    }

    private static Outcome<Func<Optimizer, Optimizer>> Suffix(string suffix, string item) =>
        EntryText.NameOf(suffix) switch
        {
            WithGroup => EntryText.Read(suffix)
                .Bind(static written => Group.Read(Group.Options, written.Options, null, isScaling: false))
                .Map(static group => new Func<Optimizer, Optimizer>(optimizer => optimizer.WithGroups(group))),
            WithState => FormatOf(suffix)
                .Map(static format => new Func<Optimizer, Optimizer>(optimizer => optimizer.WithState(format))),
            _ => Outcome.Fail<Func<Optimizer, Optimizer>>(
                $"'{Excerpt.Of(suffix)}' in '{Excerpt.Of(item)}' is no change of an optimizer; allowed are "
                + $"{WithGroup}(…) and {WithState}(format)"),
        };

    private static Outcome<StateFormat> FormatOf(string suffix)
    {
        string text = suffix[WithState.Length..].Trim().Trim('(', ')').Trim();
        OptionText<StateFormat> formats = OptionText.Choice<StateFormat>();
        return formats.Read(text).MapErrors(error =>
            $"{WithState} is '{Excerpt.Of(text)}'; allowed is {string.Join(", ", Enum.GetNames<StateFormat>())}");
    }

    private static Outcome<Optimizer> PartitionOf(string inside, Schedule? learningRate)
    {
        Outcome<ImmutableList<Partition.Rule>> rules = ImmutableList<Partition.Rule>.Empty;
        foreach (string piece in EntryText.Split(inside, ","))
            rules = Joined(rules, RuleOf(piece.Trim(), learningRate), static (before, rule) => before.Add(rule));
        return rules.Bind(static all => Outcome.Of<Optimizer>(() => Partition.Of(all.ToArray())));
    }

    private static Outcome<Partition.Rule> RuleOf(string piece, Schedule? learningRate)
    {
        int equals = piece.IndexOf('=', StringComparison.Ordinal);
        if (equals <= 0)
            return Outcome.Fail<Partition.Rule>(
                $"'{Excerpt.Of(piece)}' is not written as filter=optimizer or name[filter]=optimizer");
        string key = piece[..equals].Trim(), text = piece[(equals + 1)..].Trim();
        int open = key.IndexOf('[', StringComparison.Ordinal);
        bool isNamed = open > 0 && key.EndsWith(']');
        string name = isNamed ? key[..open].Trim() : key, matches = isNamed ? key[(open + 1)..^1].Trim() : key;
        if (!LeafFilter.TryParse(matches, out LeafFilter filter))
            return Outcome.Fail<Partition.Rule>(
                $"{PartitionName} has leaves {Excerpt.Of(matches)}; allowed is {LeafFilter.Allowed}");
        return Catalogue.Read(text, learningRate)
            .MapErrors(error => $"{Excerpt.Of(name)}: {error}")
            .Map(optimizer => new Partition.Rule(name, filter, optimizer));
    }

    /// <summary>What two make together, or the errors of both.</summary>
    private static Outcome<TResult> Joined<TFirst, TSecond, TResult>(
        Outcome<TFirst> first, Outcome<TSecond> second, Func<TFirst, TSecond, TResult> make) =>
        first.IsSuccess && second.IsSuccess
            ? first.Bind(one => second.Bind(two => Outcome.Of(() => make(one, two))))
            : Outcome.Fail<TResult>([.. first.Errors, .. second.Errors]);
}
