using Functional.Optim.Laws;

namespace Functional.Optim.Tests.Laws;

public class ExemptionTests
{
    public static TheoryData<string, string> Exempt => Exemptions.Pairs(Exemptions.CanBeSeen);

    /// <summary>What is listed as not to hold does not.</summary>
    [Theory]
    [MemberData(nameof(Exempt))]
    public void It_is_exempt_for_a_reason(string law, string optimizer)
    {
        LawException? found = Record.Exception(() => Exemptions.Law(law).Check(Catalogue.Get(optimizer))) as LawException;
        Assert.Equal(law, found?.Law);
    }

    [Fact]
    public void Exemptions_are_of_optimizers_that_there_are_and_each_is_exempt_once()
    {
        Assert.All(Exemptions.All, entry => Assert.NotNull(Exemptions.Reason(Exemptions.Law(entry.Law), entry.Optimizer)));
        Assert.Equal(Exemptions.Laws.Length, Exemptions.Laws.Select(law => law.Name).Distinct().Count());
        Assert.All(Exemptions.Laws, law => Assert.Contains(Catalogue.All, entry => Exemptions.Reason(law, entry.Name) is null));
    }
}
