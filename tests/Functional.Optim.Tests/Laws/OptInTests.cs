using Functional.Optim.Laws;
using Functional.Optim.Tests.Cases;

namespace Functional.Optim.Tests.Laws;

/// <summary>
/// To keep a law means something: who need not keep it breaks it, or the case says why no problem shows that.
/// </summary>
public class OptInTests
{
    public static TheoryData<string, string> NotKept => Catalogue.Pairs((law, variant) =>
        !Catalogue.HasToKeep(law, variant) && !IsOutside(law, variant) && !IsUnbroken(law, variant));

    public static TheoryData<string, string> Unbroken => Catalogue.Pairs(IsUnbroken);

    /// <summary>Whether it lacks what the law is about, or may hold updates back, as its transforms say.</summary>
    private static bool IsOutside(OptimizerLaw law, Variant variant) => law.Exemption(variant.Optimizer) is { } reason
        && (reason.StartsWith("it has no ", StringComparison.Ordinal)
            || reason.StartsWith("it decides whether ", StringComparison.Ordinal));

    private static bool IsUnbroken(OptimizerLaw law, Variant variant) =>
        variant.Unbroken.Any(claim => claim.Law == law.Name);

    [FixedSeedTheory]
    [MemberData(nameof(NotKept))]
    public void Who_need_not_keep_a_law_breaks_it(string law, string optimizer)
    {
        LawException? found =
            Record.Exception(() => Catalogue.Law(law).Check(Catalogue.Get(optimizer))) as LawException;
        Assert.True(
            found?.Law == law,
            $"No problem shows that {optimizer} breaks {law}: let its case keep it, or say why in Unbroken.");
    }

    [FixedSeedTheory]
    [MemberData(nameof(Unbroken))]
    public void What_a_case_calls_unbroken_is_not_broken(string law, string optimizer) =>
        Catalogue.Law(law).Check(Catalogue.Get(optimizer));

    [Fact]
    public void Cases_name_laws_that_there_are_and_each_once()
    {
        Assert.All(Catalogue.Variants, variant =>
        {
            Assert.All(variant.Keeps, law => Assert.Contains(law, OptimizerLaws.OfSome.Select(each => each.Name)));
            Assert.All(variant.Unbroken, claim => Assert.False(
                Catalogue.HasToKeep(Catalogue.Law(claim.Law), variant), $"{variant.Name} has to keep {claim.Law}"));
            Assert.All(variant.Unbroken, claim => Assert.NotEmpty(claim.Reason));
            string[] named = [.. variant.Keeps, .. variant.Unbroken.Select(claim => claim.Law)];
            Assert.Equal(named.Distinct(), named);
        });
        Assert.All(Catalogue.Laws, law =>
            Assert.Contains(Catalogue.Variants, variant => Catalogue.HasToKeep(law, variant)));
    }
}
