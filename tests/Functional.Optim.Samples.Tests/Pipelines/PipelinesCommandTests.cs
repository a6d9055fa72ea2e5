using CommandLine;
using Functional.Optim.Samples.Tests.Processes;
using Pipelines;

namespace Functional.Optim.Samples.Tests.Pipelines;

public sealed class PipelinesCommandTests
{
    [Fact]
    public void One_runs_by_its_name()
    {
        (int code, string output, string error) = new SampleProgram("Pipelines").Run("lbfgs-regression");
        Assert.Equal((ExitCode.Success, ""), (code, error));
        Assert.StartsWith("step 1: loss", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_help_lists_each_in_one_line()
    {
        (int code, string output, string error) = await Run("--help");
        Assert.Equal((ExitCode.Success, ""), (code, error));
        Assert.All(Pipeline.All, pipeline => Assert.Contains(
            output.Split('\n'), line => line.Contains(pipeline.Name, StringComparison.Ordinal)
                && line.TrimEnd().EndsWith(pipeline.Shows, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("asinc-scan", "'asinc-scan' is no pipeline; known are async-scan, speculative-branches, "
        + "parallel-search, channel-actor, mathnet-model, onnx-parameters and lbfgs-regression; "
        + "did you mean async-scan?")]
    [InlineData("", "'' is no pipeline; known are async-scan, speculative-branches, parallel-search, channel-actor, "
        + "mathnet-model, onnx-parameters and lbfgs-regression")]
    [InlineData("async-scan more", "'more' is not understood; --help lists the options")]
    [InlineData("async-scan --file x", "--file is no option; --help lists the options")]
    [InlineData("--halp", "--halp is no option; --help lists the options; did you mean --help?")]
    [InlineData("onnx-parameters --file", "--file is no option; --help lists the options")]
    public async Task A_wrong_line_is_refused(string line, string expected)
    {
        (int code, string output, string error) = await Run(line.Split(' '));
        Assert.Equal((ExitCode.WrongUse, "", expected), (code, output, error.TrimEnd()));
    }

    internal static async Task<(int Code, string Output, string Error)> Run(params string[] arguments)
    {
        using StringWriter output = new(), error = new();
        int code = await new PipelinesCommand(output, error).InvokeAsync(arguments);
        return (code, output.ToString(), error.ToString());
    }
}
