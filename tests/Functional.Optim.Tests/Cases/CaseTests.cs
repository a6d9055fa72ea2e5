namespace Functional.Optim.Tests.Cases;

public class CaseTests
{
    /// <summary>Golden files of what takes a function, or evaluates other parameters than it steps.</summary>
    private static readonly string[] WithTestsOfTheirOwn =
    [
        "optim_lbfgs", "schedules_modern", "modern_sam", "modern_parameter_average", "modern_schedule_free_adamw",
        "modern_schedule_free_sgd", "modern_sophia_g",
    ];

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
            Laws.Catalogue.CaseOf(entry).Options.Select(option => option.Name).ToHashSet()));

    [Fact]
    public void Every_golden_file_of_an_optimizer_is_read()
    {
        IEnumerable<string> files = Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Golden"), "*_*.json")
            .Select(file => Path.GetFileName(file).Split('.')[0].Replace("_purefloat64", "", StringComparison.Ordinal));
        IEnumerable<string> read = Laws.Catalogue.Cases.SelectMany(one => (string[])
        [
            .. one.Torch is { } torch ? (string[])[$"optim_{torch.File}"] : [],
            .. one.Published.Select(published => $"modern_{published.Algorithm}"),
        ]);
        Assert.Equal(
            read.Concat(WithTestsOfTheirOwn).Order(StringComparer.Ordinal),
            files.Distinct().Order(StringComparer.Ordinal));
    }
}
