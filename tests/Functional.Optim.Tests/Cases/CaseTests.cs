namespace Functional.Optim.Tests.Cases;

public class CaseTests
{
    [Fact]
    public void Every_entry_of_the_catalogue_has_one_case() => Assert.Equal(
        Laws.Catalogue.Entries.Select(entry => entry.Name).Order(StringComparer.Ordinal),
        Laws.Catalogue.Cases.Select(one => one.Entry).OfType<string>().Order(StringComparer.Ordinal));

    [Fact]
    public void No_two_variants_have_one_name() => Assert.Equal(
        Laws.Catalogue.Variants.Select(variant => variant.Name),
        Laws.Catalogue.Variants.Select(variant => variant.Name).Distinct());

    [Fact]
    public void Options_of_a_case_are_those_without_a_default() =>
        Assert.All(Laws.Catalogue.Entries, entry => Assert.Subset(
            entry.Options.Where(option => option.Default is null).Select(option => option.Name).ToHashSet(),
            Laws.Catalogue.CaseOf(entry).Options.Keys.ToHashSet()));
}
