using System.Collections.Immutable;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using CommandLine;
using Experiments;
using Functional.Optim.Samples.Tests.Processes;
using Functional.Optim.Tests.Processes;

namespace Functional.Optim.Samples.Tests.Experiments.CommandLine;

/// <summary>The program as its users start it.</summary>
public sealed partial class ProcessTests : IDisposable
{
    private static readonly SampleProgram Program = new("Experiments");
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void The_list_names_every_experiment()
    {
        (int code, string output, string error) = Program.Run("list");
        Assert.Equal((ExitCode.Success, ""), (code, error));
        Assert.All(ExperimentCatalogue.All, experiment => Assert.Contains(
            $" {experiment.Name} ", output, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("table", "│    0.1 │ step 29")]
    [InlineData("csv", "\n0.1,step 29,")]
    public void One_is_printed_in_its_format(string format, string expected)
    {
        (int code, string output, string error) = Program.Run($"run gradient-descent --format {format}");
        Assert.Equal((ExitCode.Success, ""), (code, error));
        Assert.Contains(expected, output, StringComparison.Ordinal);
    }

    [Fact]
    public void All_write_their_files_and_a_page_that_shows_them_and_say_which_long_ones_they_leave_out()
    {
        (int code, string output, string error) =
            Program.Run($"run all {Quick.Line(folder)} --seeds 1 --format json --out {folder.At("out")}");
        Assert.Equal(ExitCode.Success, code);
        Assert.Equal(
            "left out: modern-optimizers and state-formats; run all --long runs long ones too", error.TrimEnd());
        ImmutableArray<JsonElement> runs = [.. JsonDocument.Parse(output).RootElement.EnumerateArray()];
        Assert.Equal(
            ExperimentCatalogue.All.Where(experiment => !experiment.IsLong).Select(experiment => experiment.Name),
            runs.Select(run => run.GetProperty("name").GetString()));
        string page = File.ReadAllText(folder.At("out/index.html"));
        Assert.All(
            ExperimentCatalogue.All.Where(experiment => experiment.IsLong),
            experiment => Assert.DoesNotContain(experiment.Name, page, StringComparison.Ordinal));
        string[] pictures = [.. Source().Matches(page).Select(match => match.Groups[1].Value)];
        foreach (JsonElement run in runs)
        {
            string name = run.GetProperty("name").GetString()!;
            Assert.False(string.IsNullOrWhiteSpace(run.GetProperty("finding").GetString()), name);
            Assert.Contains($"<section id=\"{name}\">", page, StringComparison.Ordinal);
            Assert.Contains($"## {name} (", File.ReadAllText(folder.At($"out/{name}/report.md")),
                StringComparison.Ordinal);
            Assert.Contains(pictures, picture => picture.StartsWith($"{name}/", StringComparison.Ordinal));
            foreach (JsonElement table in run.GetProperty("tables").EnumerateArray())
                SameTable(table, folder.At($"out/{name}/{table.GetProperty("name").GetString()}.csv"));
        }

        foreach (string picture in pictures)
        {
            Assert.Equal("\u0089PNG", File.ReadAllText(folder.At($"out/{picture}"), System.Text.Encoding.Latin1)[..4]);
            Assert.Equal("svg", XDocument.Load(
                folder.At($"out/{Path.ChangeExtension(picture, "svg")}")).Root!.Name.LocalName);
        }
    }

    [Fact]
    public void Wrong_use_is_one_line_and_2()
    {
        (int code, string output, string error) =
            Program.Run($"run gradient-descent --out {folder.Write("file", 0)}/below");
        Assert.Equal((ExitCode.WrongUse, ""), (code, output));
        Assert.Contains("/file/below", Assert.Single(error.TrimEnd().Split('\n')), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("run language-model-optimizers --text {0}/none", "/none; allowed is the path of a file that exists")]
    [InlineData("run language-model-optimizers --text {0}/file", "/file' has one character")]
    [InlineData("run warmup --text {0}/empty", "/empty' is empty")]
    [InlineData("run warmup --text {0}/short", "so the text at least 321")]
    [InlineData("run warmup --adam-width 130", "--adam-width is 130; allowed is a multiple of 4")]
    public async Task A_wrong_text_or_a_size_that_does_not_fit_it_is_one_line(string line, string expected)
    {
        folder.Write("file", 0);
        folder.Write("empty");
        folder.Write("short", [.. Enumerable.Repeat((byte)'a', 320)]);
        Assert.Contains(
            expected, await Refused(line.Replace("{0}", folder.Root, StringComparison.Ordinal).Split(' ')),
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_text_that_is_too_short_is_refused_before_the_first_experiment_runs()
    {
        folder.Write("short", [.. Enumerable.Repeat((byte)'a', 320)]);
        (int code, string output, string error) =
            Program.Run($"run all --long --text {folder.At("short")} --out {folder.At("out")}");
        Assert.Equal((ExitCode.WrongUse, ""), (code, output));
        Assert.All(error.TrimEnd().Split('\n'),
            line => Assert.StartsWith("the text 'short' has 320 characters; ", line, StringComparison.Ordinal));
        Assert.False(Directory.Exists(folder.At("out")));
    }

    [InterruptFact]
    public void A_long_one_that_is_named_runs_and_ends_with_130()
    {
        (int code, _, string error) = Program.Interrupt(
            "run gradient-descent modern-optimizers --format markdown", "`run gradient-descent", "kill -INT $ID");
        Assert.Equal((ExitCode.Interrupted, SampleProgram.Stopping), (code, error.TrimEnd()));
    }

    [InterruptFact]
    public void Ctrl_c_ends_with_130() => Stops("INT");

    [InterruptFact("HUP")]
    public void A_terminal_that_closes_ends_it_with_130() => Stops("HUP");

    [ShellFact("/dev/full")]
    public void An_output_or_an_error_output_that_is_full_stops_no_experiment()
    {
        (int code, _, string error) =
            Program.RunInShell($"$PROGRAM run gradient-descent bias-correction --out {folder.At("out")} >/dev/full");
        Assert.Equal(ExitCode.Failure, code);
        Assert.StartsWith("not all of the output could be written: ", Assert.Single(error.TrimEnd().Split('\n')),
            StringComparison.Ordinal);
        Assert.True(File.Exists(folder.At("out/gradient-descent/report.md"))
            && File.Exists(folder.At("out/bias-correction/report.md")));
        Assert.Equal(ExitCode.WrongUse, Program.RunInShell("$PROGRAM run nothing 2>/dev/full").Code);
    }

    [Fact]
    public void A_file_that_cannot_be_written_costs_no_other_experiment_and_leaves_no_half_of_one()
    {
        string report = Directory.CreateDirectory(folder.At("out/gradient-descent/report.md")).FullName;
        (int code, _, string error) = Program.Run($"run gradient-descent bias-correction --out {folder.At("out")}");
        Assert.Equal(
            (ExitCode.Failure, $"cannot write the files of gradient-descent: Cannot write '{report}': it is a "
                + "directory."), (code, error.TrimEnd()));
        string page = File.ReadAllText(folder.At("out/index.html"));
        Assert.Contains("<section id=\"bias-correction\">", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<section id=\"gradient-descent\">", page, StringComparison.Ordinal);
        Assert.Equal([report], Directory.GetFileSystemEntries(folder.At("out/gradient-descent")));
    }

    [Theory]
    [InlineData("run gradient-descent --steps 5 --steps", "--steps is empty; allowed is ")]
    [InlineData("run gradient-descent --seed 5 --seed", "--seed has no value; allowed is ")]
    [InlineData("run gradient-descent --steps 'a\nb'", "--steps is a b; allowed is ")]
    [InlineData("run 'a\nb'", "'a b' is no experiment; ")]
    public async Task A_error_is_one_line_whatever_was_given(string line, string expected) => Assert.StartsWith(
        expected, await Refused([.. line.Split(' ').Select(argument => argument.Trim('\''))]),
        StringComparison.Ordinal);

    /// <summary>The one line that refuses some arguments, here and not in a process.</summary>
    private static async Task<string> Refused(string[] arguments)
    {
        using StringWriter output = new(), error = new();
        Assert.Equal(ExitCode.WrongUse, await new ExperimentsCommand(() => 0, (_, _) => 0, output, error)
            .InvokeAsync(arguments));
        Assert.Equal("", output.ToString());
        return Assert.Single(error.ToString().TrimEnd().Split('\n'));
    }

    private static void Stops(string signal)
    {
        (int code, string output, string error) = Program.Interrupt(
            "run gradient-descent warmup --steps 100000 --format markdown", "`run gradient-descent",
            $"kill -{signal} $ID");
        Assert.Equal((ExitCode.Interrupted, SampleProgram.Stopping), (code, error.TrimEnd()));
        Assert.DoesNotContain("## warmup", output, StringComparison.Ordinal);
    }

    private static void SameTable(JsonElement table, string file)
    {
        string[][] lines = [.. File.ReadAllLines(file).Select(Cells)];
        Assert.Equal(table.GetProperty("columns").EnumerateArray().Select(column => column.GetString()!), lines[0]);
        Assert.Equal(table.GetProperty("rows").GetArrayLength(), lines.Length - 1);
        Assert.All(lines, line => Assert.Equal(lines[0].Length, line.Length));
    }

    private static string[] Cells(string line) =>
    [
        .. Cell().Matches(line).Select(match => match.Groups[1].Value.Trim('"')),
    ];

    [GeneratedRegex("<img src=\"([^\"]+)\"")]
    private static partial Regex Source();

    [GeneratedRegex("(?:^|,)(\"(?:[^\"]|\"\")*\"|[^,]*)")]
    private static partial Regex Cell();
}
