using System.Collections.Immutable;
using Functional.Optim.Kernels;

namespace Functional.Optim.Tests.Transforms;

/// <summary>A wrong custom transform gets a message, and changes nothing.</summary>
public class CustomTransformTests
{
    private static readonly ParameterTree<float> Parameters = ParameterTree.Of(
        Leaf.Of("a", [3], [1f, 2f, 3f]), Leaf.Of("b", [], [4f]));

    [Fact]
    public void Names_and_rules_agree_on_the_slots()
    {
        Assert.Equal(
            "Keeps { Slots = 2, Names = 1 }: the rules have 2 slots, and there are 1 slot names; each slot needs one.",
            ErrorOf(new Keeps(2, 1)));
        Assert.Equal(
            "Keeps { Slots = 1, Names = 2 }: the rules have 1 slots, and there are 2 slot names; each slot needs one.",
            ErrorOf(new Keeps(1, 2)));
        Assert.Equal(
            "Keeps { Slots = 1, Names = 5 } has 5 slots; an elementwise transform has 0 to 4, "
            + "a transform of whole leaves any number.",
            ErrorOf(new Keeps(1, 5)));
    }

    [Fact]
    public void Each_transform_adds_one_rule_of_one_type()
    {
        Assert.Equal("Forgets { }: no rule was added; each transform must add one.", ErrorOf(new Forgets()));
        Assert.Equal("Doubles { }: more than one rule was added; each transform must add one.", ErrorOf(new Doubles()));
        Assert.Equal(
            "Varies { }: rules of different types were added for different leaves; "
            + "only the constants of a rule may differ.",
            ErrorOf(new Varies()));
    }

    private static string ErrorOf(Transform transform)
    {
        ParameterTree<float> before = ParameterTree.Of(Leaf.Of("a", [3], [1f, 2f, 3f]), Leaf.Of("b", [], [4f]));
        string error = Assert.Throws<InvalidOperationException>(
            () => transform.Step(Parameters, Parameters, transform.Init(Parameters))).Message;
        Assert.Equal(before, Parameters);
        return error;
    }

    private sealed record Keeps(int Slots, int Names) : Transform
    {
        protected internal override ImmutableArray<string> SlotNames =>
            [.. Enumerable.Range(0, Names).Select(name => $"slot {name}")];

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
