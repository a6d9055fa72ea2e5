using CommandLine;
using Functional.Optim.Samples.Tests.Processes;
using Functional.Optim.Tests.Files;

namespace Functional.Optim.Samples.Tests.CommandLine;

public class VersionTests
{
    /// <summary>A program has the version of the packages, that of the first heading of the changelog.</summary>
    [Theory]
    [InlineData("Experiments")]
    [InlineData("MiniGpt")]
    [InlineData("Pipelines")]
    public void The_version_is_that_of_the_changelog(string program)
    {
        string heading = Repository.Text("CHANGELOG.md").Split('\n').First(
            line => line.StartsWith("## ", StringComparison.Ordinal));
        (int code, string output, string error) = new SampleProgram(program).Run("--version");
        Assert.Equal((ExitCode.Success, ""), (code, error));
        Assert.StartsWith(heading.Split(' ')[1], output, StringComparison.Ordinal);
    }
}
