using System.Collections.Immutable;
using Functional.Optim.Kernels;

namespace Functional.Optim.Tests.Transforms;

/// <summary>What a part of one's own can get wrong is told and touches nothing.</summary>
public class OwnPartTests
{
    private static readonly ParameterTree<float> Parameters = ParameterTree.Of(Leaf.Of("a", [3], [1f, 2f, 3f]), Leaf.Of("b", [], [4f]));

    [Fact]
    public void Names_and_rules_agree_on_the_slots()
    {
        Assert.Equal("Keeps { Slots = 2, Names = 1 } have 1 slot names, and rules of 2 slots; each slot has a name.", ErrorOf(new Keeps(2, 1)));
        Assert.Equal("Keeps { Slots = 1, Names = 2 } have 2 slot names, and rules of 1 slots; each slot has a name.", ErrorOf(new Keeps(1, 2)));
        Assert.Equal("Keeps { Slots = 1, Names = 5 } has 5 slots; a part that works element by element has 0 to 4, one that transforms whole leaves any number.", ErrorOf(new Keeps(1, 5)));
    }

    [Fact]
    public void Each_part_appends_one_rule_of_one_type()
    {
        Assert.Equal("Forgets { } appended no rule; each part appends one.", ErrorOf(new Forgets()));
        Assert.Equal("Doubles { } appended more than one rule; each part appends one.", ErrorOf(new Doubles()));
        Assert.Equal(
            "Varies { } appended rules of different types for different leaves; what differs are the constants of one.", ErrorOf(new Varies()));
    }

    private static string ErrorOf(Transform part)
    {
        ParameterTree<float> before = ParameterTree.Of(Leaf.Of("a", [3], [1f, 2f, 3f]), Leaf.Of("b", [], [4f]));
        string error = Assert.Throws<InvalidOperationException>(() => part.Step(Parameters, Parameters, part.Init(Parameters))).Message;
        Assert.Equal(before, Parameters);
        return error;
    }

    private sealed record Keeps(int Slots, int Names) : Transform
    {
        protected internal override ImmutableArray<string> SlotNames => [.. Enumerable.Range(0, Names).Select(name => $"slot {name}")];

        protected internal override void AddRule<T, TFirst>(in TFirst first, ref RulePass<T> pass)
        {
            if (Slots == 1) pass.Add(first, new MomentumRule<T>(T.One));
            else pass.Add(first, new AdamRule<T>(0.9, 0.9, 1, true, 1));
        }
    }

    private sealed record Forgets : Transform
    {
        protected internal override void AddRule<T, TFirst>(in TFirst first, ref RulePass<T> pass)
        {
        }
    }

    private sealed record Doubles : Transform
    {
        protected internal override void AddRule<T, TFirst>(in TFirst first, ref RulePass<T> pass)
        {
            pass.Add(first, default(IdentityRule<T>));
            pass.Add(first, default(IdentityRule<T>));
        }
    }

    private sealed record Varies : Transform
    {
        protected internal override double PerLeafFactor(Leaf leaf, LeafSettings settings) => leaf.Rank;

        protected internal override void AddRule<T, TFirst>(in TFirst first, ref RulePass<T> pass)
        {
            if (pass.Factor == 0) pass.Add(first, default(IdentityRule<T>));
            else pass.Add(first, new ScaleRule<T>(T.One));
        }
    }
}
