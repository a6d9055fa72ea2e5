using System.Globalization;
using CommandLine;
using Functional.Optim.Samples.Tests.Snapshots;
using Pipelines;

namespace Functional.Optim.Samples.Tests.Pipelines;

public sealed class PipelineTests(WholeRun run) : IClassFixture<WholeRun>
{
    public static TheoryData<string> Names => [.. Pipeline.All.Select(pipeline => pipeline.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void It_writes_what_it_wrote(string name) => SnapshotFile.Match(run.Of(name), name);

    [Fact]
    public void Without_a_name_all_run_in_turn()
    {
        Assert.Equal((ExitCode.Success, ""), (run.Result.Code, run.Result.Error));
        Assert.Equal(
            Pipeline.All.Select(pipeline => $"== {pipeline.Name}: {pipeline.Shows}"),
            run.Result.Output.ReplaceLineEndings("\n").Split('\n')
                .Where(line => line.StartsWith("==", StringComparison.Ordinal)));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task One_that_is_cancelled_before_writes_no_result_and_does_not_hang(string name)
    {
        using StringWriter output = new();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Pipeline.All
            .First(pipeline => pipeline.Name == name).Run(output, null, new(canceled: true))
            .WaitAsync(TimeSpan.FromMinutes(1)));
        Assert.DoesNotContain("loss 0.", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_stream_ends_where_its_reader_cancels()
    {
        using CancellationTokenSource cancellation = new();
        using CancellingWriter output = new("step  80", cancellation);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => AsyncScan.Run(output, cancellation.Token));
        Assert.Equal(
            ["the readings", "step  40: los", "step  80: los"],
            output.Lines.Select(line => line[..Math.Min(13, line.Length)]).Select(line =>
                line.StartsWith("the", StringComparison.Ordinal) ? line[..12] : line));
    }

    [Fact]
    public async Task The_actor_ends_with_its_workers_where_it_is_cancelled()
    {
        using CancellationTokenSource cancellation = new(TimeSpan.FromMilliseconds(1));
        try
        {
            await ChannelActor.Run(TextWriter.Null, cancellation.Token).WaitAsync(TimeSpan.FromMinutes(1));
        }
        catch (OperationCanceledException)
        {
            // It was not faster.
        }
    }

    [Fact]
    public async Task A_search_has_the_same_result_on_one_thread_and_on_four()
    {
        using StringWriter one = new(), four = new();
        await ParallelSearch.Run(one, threads: 1);
        await ParallelSearch.Run(four, threads: 4);
        Assert.Equal($"{one}", $"{four}");
    }

    [Fact]
    public void The_parameters_that_are_certified_are_found_to_eight_digits()
    {
        string[] lines = run.Of("lbfgs-regression").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        string[][] parameters =
        [
            .. lines.SkipWhile(line => !line.StartsWith("parameter", StringComparison.Ordinal)).Skip(1)
                .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)),
        ];
        Assert.Equal(7, parameters.Length);
        Assert.All(parameters, words =>
        {
            (double found, double certified) = (Number(words[^3]), Number(words[^2]));
            Assert.InRange(Math.Abs((found - certified) / certified), 0, 1e-8);
            Assert.InRange(Number(words[^1]), 8, 16);
        });

        static double Number(string word) => double.Parse(word, CultureInfo.InvariantCulture);
    }

    /// <summary>A reader that has enough of the stream after a line that starts so.</summary>
    private sealed class CancellingWriter(string line, CancellationTokenSource cancellation) : StringWriter
    {
        public List<string> Lines { get; } = [];

        public override async Task WriteLineAsync(string? value)
        {
            Lines.Add(value!);
            if (value!.StartsWith(line, StringComparison.Ordinal)) await cancellation.CancelAsync();
        }
    }
}
