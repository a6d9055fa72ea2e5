using System.Collections.Immutable;
using System.Text;
using LanguageExt;
using LanguageExt.Common;

namespace Functional.Optim;

/// <summary>
/// Several optimizers in one tree: each leaf goes through the optimizer of the first rule that matches it. Parts before and behind a
/// partition see all leaves, so a clip in front of it is global across them.
/// </summary>
/// <remarks>
/// The optimizers share the state's slots: slot k of a leaf is slot k of its own optimizer. A leaf that no rule matches keeps its
/// update as it is; <see cref="Freeze"/> behind the rules stops it. A partition may stand in a partition.
/// </remarks>
public sealed record Partition : Transform
{
    private Partition(ImmutableArray<Rule> rules) => Rules = rules;

    /// <summary>The rules in order.</summary>
    public ImmutableArray<Rule> Rules { get; }

    /// <inheritdoc/>
    protected internal override ImmutableArray<string> SlotNames
    {
        get
        {
            ImmutableArray<string>[] slots = [.. Rules.Select(rule => (ImmutableArray<string>)[.. rule.Optimizer.Parts.SelectMany(part => part.SlotNames)])];
            return
            [
                .. Enumerable.Range(0, slots.Max(names => names.Length))
                    .Select(slot => string.Join('|', slots.Where(names => slot < names.Length).Select(names => names[slot]).Distinct())),
            ];
        }
    }

    /// <summary>It has what the optimizers of its rules keep, each once; rules whose optimizer keeps nothing do not count.</summary>
    protected internal override string StateName =>
        $"partition[{string.Join("; ", Rules.Select(rule => rule.Optimizer.StateIdentity).Where(identity => identity.Length > 0).Distinct())}]";

    /// <summary>A partition by rules, or every fault found.</summary>
    /// <param name="rules">At least one, with different names; the first that matches a leaf wins.</param>
    public static Validation<Error, Partition> Create(params ReadOnlySpan<Rule> rules)
    {
        ImmutableArray<Rule> all = [.. rules];
        string? twice = all.GroupBy(rule => rule.Name).FirstOrDefault(same => same.Count() > 1)?.Key;
        Faults faults = new Faults()
            .Require(!all.IsEmpty, nameof(rules), "empty", "one rule or more")
            .Require(twice is null, nameof(Rule.Name), $"'{twice}' for two rules", "another for each rule");
        foreach (Rule rule in all)
            faults.Require(rule.Optimizer is not Wrapper, $"'{rule.Name}'", rule.Optimizer, "an optimizer or a part: put what is around one around the partition");
        return faults.Make(() => new Partition(all));
    }

    /// <summary>A partition by rules.</summary>
    /// <inheritdoc cref="Create"/>
    /// <exception cref="ArgumentException">There are no rules, two have the same name, or the optimizer of one is a <see cref="Wrapper"/>.</exception>
    public static Partition Of(params ReadOnlySpan<Rule> rules) => Create(rules).OrThrow(nameof(Partition));

    /// <summary>An optimizer for the leaves that match, or the fault found; the other leaves keep their update as it is.</summary>
    /// <param name="matches">Which leaves.</param>
    /// <param name="optimizer">What they go through.</param>
    public static Validation<Error, Partition> CreateMasked(Func<Leaf, bool> matches, Optimizer optimizer) =>
        Create(new Rule("masked", matches, optimizer));

    /// <summary>An optimizer for the leaves that match; the others keep their update as it is.</summary>
    /// <inheritdoc cref="CreateMasked"/>
    /// <exception cref="ArgumentException">The optimizer is a <see cref="Wrapper"/>.</exception>
    public static Partition Masked(Func<Leaf, bool> matches, Optimizer optimizer) => CreateMasked(matches, optimizer).OrThrow(nameof(Masked));

    /// <summary>A rule whose leaves stay bit for bit as they are.</summary>
    /// <param name="name">The name in reports.</param>
    /// <param name="matches">Which leaves.</param>
    public static Rule Freeze(string name, Func<Leaf, bool> matches) =>
        new(name, matches, Composition.Identity with { Groups = [LeafGroup.Frozen(name, static _ => true)] });

    /// <inheritdoc/>
    public bool Equals(Partition? other) => base.Equals(other) && Rules.AsSpan().SequenceEqual(other!.Rules.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Rules.Length, Rules[0]);

    /// <inheritdoc/>
    protected internal override double DecayOf(Leaf leaf) => RuleOf(leaf)?.Optimizer.WeightDecayOf(leaf) ?? 0;

    /// <summary>The rate of the first rule: what a report shows of rates that may differ.</summary>
    protected internal override double RateAt(long step) => Rules[0].Optimizer.LearningRateAt(step);

    /// <summary>The rule of a leaf; <see langword="null"/> where none matches.</summary>
    internal Rule? RuleOf(Leaf leaf)
    {
        foreach (Rule rule in Rules)
        {
            if (rule.Matches(leaf)) return rule;
        }

        return null;
    }

    /// <inheritdoc/>
    protected override bool PrintMembers(StringBuilder builder)
    {
        builder.AppendJoin(", ", Rules.Select(rule => $"{rule.Name} = {rule.Optimizer}"));
        return true;
    }

    /// <summary>Which leaves go through which optimizer.</summary>
    /// <param name="Name">The name in reports.</param>
    /// <param name="Matches">Which leaves.</param>
    /// <param name="Optimizer">What they go through.</param>
    public sealed record Rule(string Name, Func<Leaf, bool> Matches, Optimizer Optimizer);
}
