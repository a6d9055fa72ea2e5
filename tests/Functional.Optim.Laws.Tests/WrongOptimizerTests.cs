using Functional.Optim.Kernels;

namespace Functional.Optim.Laws.Tests;

public class WrongOptimizerTests
{
    public static TheoryData<string> Laws => [.. WrongOptimizers.All.Select(wrong => wrong.Law)];

    /// <summary>Who breaks the first of two laws breaks the second too.</summary>
    private static readonly (string, string)[] Implied =
        [("Purity", "FailedStep"), ("Purity", "NestedStep"), ("NestedStep", "Shards"), ("Split", "FrozenLeaves")];

    [Theory]
    [MemberData(nameof(Laws))]
    public void The_law_that_it_breaks_finds_it_and_no_other(string law)
    {
        Optimizer wrong = Get(law);
        LawException found = Assert.Throws<LawException>(() => OptimizerLaws.All(wrong));
        Assert.Equal(law, found.Law);
        Assert.Contains($"{law} does not hold for {wrong}, in float: ", found.Message, StringComparison.Ordinal);
        Assert.Contains(found.Counterexample, found.Message, StringComparison.Ordinal);
        foreach (OptimizerLaw other in OptimizerLaws.OfEvery.Where(other =>
            other.Name != law && other.Exemption(wrong) is null && !Implied.Contains((law, other.Name))))
            other.Check(wrong);
    }

    [Fact]
    public void The_laws_of_memory_find_who_allocates_and_who_holds()
    {
        foreach ((string law, Optimizer wrong) in WrongOptimizers.OfMemory)
        {
            Assert.Equal([law], OptimizerLaws.OfMemory.Where(
                each => Record.Exception(() => each.Check(wrong)) is LawException).Select(each => each.Name));
            OptimizerLaws.All(wrong);
        }
    }

    /// <summary>A counter that no state holds spoils much; what is told is the law it breaks.</summary>
    [Fact]
    public void Hidden_state_is_impure() =>
        Assert.Equal("Purity", Assert.Throws<LawException>(
            () => OptimizerLaws.All(new CountsItsCalls().Then(LearningRate.Of(0.1)))).Law);

    [Fact]
    public void A_counterexample_is_one_leaf_of_one_element_and_the_message_has_both_values()
    {
        LawException found = Assert.Throws<LawException>(() => OptimizerLaws.Lanes(Get("Lanes")));
        const string sentence =
            "Lanes does not hold for .*, in float: on lanes of 128 bits, "
            + "the parameters: leaf\\d\\[0\\] is -?\\S+ where -?\\S+ is expected\n";
        const string smallest = "leaf\\d\\[1\\] θ = 0, g1 = [01], g2 = [01], g3 = [01]";
        Assert.Matches($"^{smallest}$", found.Counterexample);
        Assert.Matches(
            $"^{sentence}The smallest counterexample found: {smallest}(\nTo draw it again: {found.Repeat})?$",
            found.Message);
    }

    [Fact]
    public void What_is_thrown_on_the_way_is_told()
    {
        LawException found = Assert.Throws<LawException>(() => OptimizerLaws.LastStep(Get("LastStep")));
        Assert.Contains("in float: it threw OverflowException, ", found.Message, StringComparison.Ordinal);
        Assert.IsType<OverflowException>(found.InnerException);
    }

    [Fact]
    public void Nobody_is_refused_by_name()
    {
        Assert.Equal("optimizer", Assert.Throws<ArgumentNullException>(() => OptimizerLaws.Purity(null!)).ParamName);
        Assert.Equal("clip", Assert.Throws<ArgumentNullException>(() => ClipLaws.Idempotence(null!)).ParamName);
        Assert.Equal("schedule", Assert.Throws<ArgumentNullException>(
            () => ScheduleLaws.Defined(null!, new ScheduleShape(0, 1))).ParamName);
    }

    private static Optimizer Get(string law) => WrongOptimizers.All.Single(wrong => wrong.Law == law).Optimizer;

    private sealed record CountsItsCalls : Transform
    {
        private int calls;

        protected override void AddRule<T, TFirst>(in TFirst first, ref RulePass<T> pass) =>
            pass.Add(first, new ScaleRule<T>(T.CreateTruncating(++calls)));
    }
}
