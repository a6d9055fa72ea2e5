using Pipelines;

namespace Functional.Optim.Samples.Tests.Pipelines;

/// <summary>What the program writes without a name, run once for all tests.</summary>
public sealed class WholeRun : IAsyncLifetime
{
    internal (int Code, string Output, string Error) Result { get; private set; }

    public async Task InitializeAsync() => Result = await PipelinesCommandTests.Run();

    public Task DisposeAsync() => Task.CompletedTask;

    /// <summary>What it writes of one pipeline.</summary>
    internal string Of(string name)
    {
        Pipeline pipeline = Pipeline.All.First(pipeline => pipeline.Name == name);
        string heading = $"== {pipeline.Name}: {pipeline.Shows}\n";
        string text = Result.Output.ReplaceLineEndings("\n");
        int start = text.IndexOf(heading, StringComparison.Ordinal) + heading.Length;
        Assert.True(start >= heading.Length, $"{name} is not in:\n{text}\n{Result.Error}");
        int end = text.IndexOf("\n\n== ", start, StringComparison.Ordinal);
        return end < 0 ? text[start..] : text[start..(end + 1)];
    }
}
