using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace Functional.Optim;

/// <summary>
/// Several optimizers in one tree: each leaf goes through the optimizer of the first rule that matches it. Transforms
/// before and after a partition see all leaves, so a clip before it is global across them.
/// </summary>
/// <remarks>
/// A leaf has the slots of its own optimizer only; they are named after the rule, such as <c>matrices/m</c>. A leaf
/// that no rule matches keeps its update as it is; a last rule <see cref="Freeze"/> freezes such leaves. Partitions can
/// be nested.
/// </remarks>
public sealed record Partition : Transform
{
    /// <summary>The rule whose rate is reported; <see langword="null"/> where none has one.</summary>
    private readonly Rule? rated;

    private Partition(ImmutableArray<Rule> rules)
    {
        Rules = rules;
        rated = rules.FirstOrDefault(rule => rule.Optimizer.CompiledTransforms.Any(part => part.IsLearningRate));
    }

    /// <summary>The rules in order.</summary>
    public ImmutableArray<Rule> Rules { get; }

    /// <summary>A partition by rules.</summary>
    /// <param name="rules">At least one, with different names and nothing null; the first that matches a leaf
    /// wins.</param>
    /// <exception cref="ArgumentException">
    /// There are no rules, two have the same name, the optimizer of one is a <see cref="Wrapper"/> or a
    /// <see cref="FunctionOptimizer"/>, or something is null.
    /// </exception>
    [OverloadResolutionPriority(1)]
    public static Partition Of(params ReadOnlySpan<Rule> rules)
    {
        ImmutableArray<Rule> all = [.. rules];
        string? twice = all.Where(rule => rule?.Name is not null).GroupBy(rule => rule.Name)
            .FirstOrDefault(same => same.Count() > 1)?.Key;
        ValidationErrors errors = new ValidationErrors()
            .Require(!all.IsEmpty, nameof(rules), "empty", "one rule or more")
            .Require(
                twice is null, nameof(Rule.Name), $"'{Excerpt.Of(twice ?? "", 100)}' for two rules",
                "another for each rule");
        for (int index = 0; index < all.Length; index++)
        {
            string place = string.Create(CultureInfo.InvariantCulture, $"{nameof(rules)}[{index}]");
            if (all[index] is not { } rule)
            {
                errors.Require(holds: false, place, value: null, "a rule");
                continue;
            }

            string name = rule.Name is null ? place : $"'{Excerpt.Of(rule.Name)}'";
            errors.Require(rule.Name is not null, $"{place}.{nameof(Rule.Name)}", rule.Name, "a name")
                .Require(
                    rule.Name is null || rule.Name.AsSpan().IndexOfAny("(),") < 0, $"{place}.{nameof(Rule.Name)}",
                    rule.Name, "a name without ( ) and ,")
                .Require(
                    rule.Matches is not null, $"{name}.{nameof(Rule.Matches)}", rule.Matches, "a predicate of leaves")
                .Require(rule.Optimizer, $"{name}.{nameof(Rule.Optimizer)}")
                .Require(rule.Optimizer is not FunctionOptimizer, name, rule.Optimizer, "an optimizer of gradients")
                .Require(
                    rule.Optimizer is not Wrapper, name, rule.Optimizer,
                    "an optimizer or a part: put what is around one around the partition");
        }

        return errors.Checked(() => new Partition(all)).OrThrow(nameof(Partition));
    }

    /// <summary>A partition by filters, which name their rules.</summary>
    /// <param name="rules">At least one, with different filters and nothing null; the first that a leaf passes
    /// wins.</param>
    /// <inheritdoc cref="Of(ReadOnlySpan{Rule})" path="/exception"/>
    public static Partition Of(params ReadOnlySpan<(LeafFilter Leaves, Optimizer Optimizer)> rules)
    {
        Rule[] named = new Rule[rules.Length];
        for (int rule = 0; rule < named.Length; rule++)
            named[rule] = new($"{rules[rule].Leaves}", Setting.Present(rules[rule].Leaves), rules[rule].Optimizer);
        return Of(named.AsSpan());
    }

    /// <summary>An optimizer for the leaves that match; the others keep their update as it is.</summary>
    /// <param name="matches">Which leaves.</param>
    /// <param name="optimizer">What they go through.</param>
    /// <exception cref="ArgumentException">The optimizer is a <see cref="Wrapper"/>, or one of the two is
    /// null.</exception>
    public static Partition Masked(Func<Leaf, bool> matches, Optimizer optimizer) =>
        Of(new Rule("masked", matches, optimizer));

    /// <summary>A rule whose leaves stay bit for bit as they are.</summary>
    /// <param name="name">The name in reports.</param>
    /// <param name="matches">Which leaves.</param>
    /// <exception cref="ArgumentNullException">One of them is null.</exception>
    public static Rule Freeze(string name, Func<Leaf, bool> matches) =>
        new(name, Setting.Present(matches),
            Composition.Identity with { Groups = [LeafGroup.Frozen(Setting.Present(name), LeafFilter.All)] });

    /// <inheritdoc/>
    public bool Equals(Partition? other) => base.Equals(other) && Rules.AsSpan().SequenceEqual(other!.Rules.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Rules.Length, Rules[0]);

    /// <inheritdoc/>
    protected internal override double WeightDecayFor(Leaf leaf) =>
        IndexOf(leaf) is >= 0 and int rule ? Rules[rule].Optimizer.WeightDecayOf(leaf) : 0;

    /// <summary>Those of all rules, each after the name of its rule.</summary>
    protected internal override ImmutableArray<string> ReportedScalars =>
        Placement.Of([this], StateFormat).ReportedScalars;

    /// <summary>Whether the optimizer of a rule has a learning rate.</summary>
    protected internal override bool IsLearningRate => rated is not null;

    /// <summary>
    /// The rate of the first rule that has one, which a rule that freezes has not: what a report shows of rates that
    /// may differ. 1 where none has one.
    /// </summary>
    protected internal override double RateAt(long step) => rated?.Optimizer.LearningRateAt(step) ?? 1;

    /// <summary>Which rule a leaf goes by; −1 where none matches.</summary>
    internal int IndexOf(Leaf leaf)
    {
        for (int rule = 0; rule < Rules.Length; rule++)
        {
            if (Rules[rule].Matches.Contains(leaf)) return rule;
        }

        return -1;
    }

    /// <inheritdoc/>
    protected override bool PrintMembers(StringBuilder builder)
    {
        builder.AppendJoin(", ", Rules.Select(rule => $"{rule.Name} = {rule.Optimizer}"));
        return true;
    }

    /// <summary>Which leaves go through which optimizer.</summary>
    public sealed record Rule
    {
        /// <summary>A rule.</summary>
        /// <param name="name">The name in reports.</param>
        /// <param name="matches">Which leaves: a <see cref="LeafFilter"/> or a predicate.</param>
        /// <param name="optimizer">What they go through.</param>
        public Rule(string name, Func<Leaf, bool> matches, Optimizer optimizer) =>
            (Name, Matches, Optimizer) = (name, matches is null ? null! : LeafFilter.Of(matches), optimizer);

        /// <summary>The name in reports.</summary>
        public string Name { get; init; }

        /// <summary>Which leaves.</summary>
        public LeafFilter Matches { get; init; }

        /// <summary>What they go through.</summary>
        public Optimizer Optimizer { get; init; }
    }
}
