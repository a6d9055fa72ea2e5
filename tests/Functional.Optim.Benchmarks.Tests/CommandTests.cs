using CommandLine;
using Functional.Optim.Benchmarks.Growth;
using Functional.Optim.Benchmarks.Profile;
using Functional.Optim.Benchmarks.Quick;
using Functional.Optim.Tests.Processes;

namespace Functional.Optim.Benchmarks.Tests;

/// <summary>What is wrong is told before anything is measured.</summary>
public sealed class CommandTests
{
    [Theory]
    [InlineData("--rounds 0", "--rounds is 0; allowed is an integer from 1 to 10000")]
    [InlineData("--rounds", "--rounds has no value; allowed is an integer from 1 to 10000")]
    [InlineData("--out", "--out has no value; allowed is the path of a folder")]
    [InlineData("--jsn", "--jsn is no option; --help lists the options; did you mean --json?")]
    public async Task A_wrong_line_of_quick_is_refused(string line, string expected) =>
        Assert.Equal((ExitCode.WrongUse, "", expected), await Run(QuickCommand.Run, line.Split(' ')));

    [Theory]
    [InlineData("--rounds 0", "--rounds is 0; allowed is an integer from 1 to 1000")]
    [InlineData("more", "'more' is not understood; --help lists the options")]
    public async Task A_wrong_line_of_growth_is_refused(string line, string expected) =>
        Assert.Equal((ExitCode.WrongUse, "", expected), await Run(GrowthCommand.Run, line.Split(' ')));

    [Theory]
    [InlineData("--rounds 0", "--rounds is 0; allowed is an integer from 1 to 1000")]
    [InlineData("--fast", "--fast is no option; --help lists the options")]
    public async Task A_wrong_line_of_profile_is_refused(string line, string expected) =>
        Assert.Equal((ExitCode.WrongUse, "", expected), await Run(ProfileCommand.Run, line.Split(' ')));

    [Fact]
    public async Task A_filter_without_a_case_names_all_cases()
    {
        (int code, string output, string error) = await Run(QuickCommand.Run, "--filter", "Nothing*", "*(7)");
        Assert.Equal((ExitCode.WrongUse, ""), (code, output));
        Assert.StartsWith(
            "no case matches Nothing* or *(7); there are: AdamWInDouble(65,536 parameters, 1 thread); ", error);
    }

    [Fact]
    public async Task A_folder_that_is_a_file_is_refused()
    {
        using TemporaryFolder folder = new();
        string file = folder.Write("file");
        string expected = $"the output folder '{file}' is a file; allowed is a folder";
        Assert.Equal((ExitCode.WrongUse, "", expected), await Run(QuickCommand.Run, "--out", file));
        Assert.Equal((ExitCode.WrongUse, "", expected), await Run(GrowthCommand.Run, "--out", file));
    }

    private static async Task<(int Code, string Output, string Error)> Run(
        Func<IReadOnlyList<string>, TextWriter, TextWriter, Task<int>> command, params string[] arguments)
    {
        using StringWriter output = new(), error = new();
        int code = await command(arguments, output, error);
        return (code, output.ToString(), error.ToString().TrimEnd());
    }
}
