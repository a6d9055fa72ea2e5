using System.Collections.Immutable;
using System.Text.Json;
using Experiments;
using Functional.Optim.Tests.Cultures;

namespace Functional.Optim.Samples.Tests.Experiments.Tables;

public sealed class TableTextTests
{
    private static readonly Table Table = global::Experiments.Table
        .Of("kinds", "Every kind of cell", new (string? Word, double? Number, long? Count, bool? Flag)[]
        {
            ("a|b, \"c\"", 1.0 / 3, 1234, true), (null, null, null, null), ("m̂", 1e-12, 0, false),
            ("x", double.PositiveInfinity, -1, true),
        })
        .Text("word", row => row.Word)
        .Number("number", row => row.Number, negligible: 1e-9)
        .Integer("count", row => row.Count, missing: "never")
        .Flag("flag", row => row.Flag);

    [Fact]
    public void Markdown_is_padded_and_rounded() => Assert.Equal(
        """
        | word      | number | count | flag |
        |-----------|-------:|------:|------|
        | a\|b, "c" | 0.3333 | 1,234 | yes  |
        | –         |      – | never | –    |
        | m̂         | < 1e-9 |     0 | no   |
        | x         |      ∞ |    -1 | yes  |

        """, MarkdownText.Of(Table));

    [Fact]
    public void Each_format_is_the_same_in_every_culture()
    {
        ExperimentRun run =
            new(Experiment.Of<object>("name", "Title", "4", "idea"), [], 7, new("finding", [Table], []));
        string[] Texts() => [MarkdownText.Of(run), CsvText.Of(Table), JsonText.Of(run), IndexPage.Of([run])];
        string[] before = Texts();
        using DecimalComma culture = new();
        Assert.Equal(before, Texts());
    }

    [Theory]
    [InlineData(30)]
    [InlineData(60)]
    [InlineData(200)]
    public void On_a_screen_the_columns_are_parted_so_that_no_number_breaks(int width)
    {
        using StringWriter output = new();
        Table wide = global::Experiments.Table.Of("wide", "Numbers", new[] { 1, 2 })
            .Text("name", row => $"row {row}").Number("a first long heading", row => row / 3.0)
                .Number("second", row => row * 1e9).Integer("third", row => 12345 * row);
        ScreenText.Write(wide, output, width);
        string[] lines = output.ToString().Split('\n');
        Assert.All(lines, line => Assert.InRange(line.TrimEnd().Length, 0, width));
        foreach (string number in (string[])["row 1", "0.3333", "0.6667", "1e9", "2e9", "12,345", "24,690"])
            Assert.Contains(lines, line => line.Contains($" {number} ", StringComparison.Ordinal));
    }

    [Fact]
    public void Csv_has_full_precision_and_quotes_what_needs_it() => Assert.Equal(
        "word,number,count,flag\n\"a|b, "
        + "\"\"c\"\"\",0.3333333333333333,1234,true\n,,,\nm̂,1E-12,0,false\nx,Infinity,-1,true\n", CsvText.Of(Table));

    [Fact]
    public void Json_has_full_precision_and_names_for_what_is_no_number()
    {
        Experiment experiment = Experiment.Of<object>("name", "Title", "4", "idea", "erratum");
        JsonElement json = JsonDocument.Parse(
            JsonText.Of(new(experiment, [("steps", "3")], 7, new("finding", [Table], [])))).RootElement;
        Assert.Equal("3", json.GetProperty("settings").GetProperty("steps").GetString());
        ImmutableArray<JsonElement> rows = [.. json.GetProperty("tables")[0].GetProperty("rows").EnumerateArray()];
        Assert.Equal(1.0 / 3, rows[0][1].GetDouble());
        Assert.Equal(JsonValueKind.Null, rows[1][2].ValueKind);
        Assert.Equal("Infinity", rows[3][1].GetString());
    }
}
