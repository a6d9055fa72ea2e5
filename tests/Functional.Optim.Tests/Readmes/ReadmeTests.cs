using Functional.Optim.Tests.Catalogues;
using Functional.Optim.Tests.Files;

namespace Functional.Optim.Tests.Readmes;

/// <summary>
/// The tables of the README are those of the code, and its timings those that the benchmarks have written. With the environment variable <c>UPDATE_README=1</c> the test writes
/// them instead: <c>UPDATE_README=1 dotnet test -c Release tests/Functional.Optim.Tests --filter ReadmeTests</c>.
/// </summary>
public class ReadmeTests
{
    private const string Timings = "timings";

    private static readonly string File = Path.Combine(Repository.Root, "README.md");

    public static TheoryData<string> Tables => [.. CatalogueTables.All.Keys, Timings];

    [Theory]
    [MemberData(nameof(Tables))]
    public void The_README_has_the_catalogue_as_it_is(string table)
    {
        string readme = System.IO.File.ReadAllText(File), start = $"<!-- {table}, written by ReadmeTests -->\n",
            end = $"\n<!-- end of {table} -->";
        int from = readme.IndexOf(start, StringComparison.Ordinal) + start.Length,
            to = readme.IndexOf(end, StringComparison.Ordinal);
        Assert.True(from >= start.Length && to >= from, $"README.md has no place for the {table}");
        string expected = $"\n{(table == Timings ? MainTimings() : CatalogueTables.All[table])}\n";
        if (Environment.GetEnvironmentVariable("UPDATE_README") == "1")
            System.IO.File.WriteAllText(File, readme[..from] + expected + readme[to..]);
        else
            Assert.True(
                expected == readme[from..to], $"The {table} of README.md are stale; UPDATE_README=1 writes:{expected}");
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
