using Functional.Optim.Tests.Catalogues;
using Functional.Optim.Tests.Files;
using Functional.Optim.Tests.Precision;

namespace Functional.Optim.Tests.Readmes;

/// <summary>
/// The tables of the README and of the guides are those of the code, and the timings those that the benchmarks have
/// written. With the environment variable <c>UPDATE_README=1</c> the test writes them instead:
/// <c>UPDATE_README=1 dotnet test -c Release tests/Functional.Optim.Tests --filter ReadmeTests</c>.
/// </summary>
public class ReadmeTests
{
    private static readonly Dictionary<string, (string File, string Text)> Pages =
        CatalogueTables.All.Select(table => (table.Key, File: "README.md", Text: table.Value))
            .Append((Key: "errors", File: "samples/Guides/Numbers/README.md", Text: PrecisionTable.Text))
            .Append((Key: "timings", File: "README.md", Text: MainTimings()))
            .ToDictionary(table => table.Key, table => (table.File, table.Text));

    public static TheoryData<string> Tables => [.. Pages.Keys];

    [Theory]
    [MemberData(nameof(Tables))]
    public void The_page_has_the_table_as_it_is(string table)
    {
        (string name, string text) = Pages[table];
        string file = Path.Combine(Repository.Root, name), page = File.ReadAllText(file),
            start = $"<!-- {table}, written by ReadmeTests -->\n", end = $"\n<!-- end of {table} -->";
        int from = page.IndexOf(start, StringComparison.Ordinal) + start.Length,
            to = page.IndexOf(end, StringComparison.Ordinal);
        Assert.True(from >= start.Length && to >= from, $"{name} has no place for the {table}");
        string expected = $"\n{text}\n";
        if (Environment.GetEnvironmentVariable("UPDATE_README") == "1")
            File.WriteAllText(file, page[..from] + expected + page[to..]);
        else
            Assert.True(
                expected == page[from..to], $"The {table} of {name} are stale; UPDATE_README=1 writes:{expected}");
    }

    /// <summary>The first table of the rivals of AdamW, with the command and the machine.</summary>
    private static string MainTimings()
    {
        string page = Repository.Text("tests/Functional.Optim.Benchmarks/results/amd-epyc.md");
        return $"{Between("## AdamWRivals\n\n", "\n\n")}\n\n{Between("\n\n", "\n\nA ratio is")}";

        string Between(string start, string end)
        {
            int from = page.IndexOf(start, StringComparison.Ordinal) + start.Length;
            return page[from..page.IndexOf(end, from, StringComparison.Ordinal)];
        }
    }
}
