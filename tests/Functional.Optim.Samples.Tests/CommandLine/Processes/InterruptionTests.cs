using System.Runtime.InteropServices;
using CommandLine;

namespace Functional.Optim.Samples.Tests.CommandLine.Processes;

/// <summary>What each of several requests to stop does, by a clock that stands still.</summary>
public sealed class InterruptionTests : IDisposable
{
    private readonly StringWriter error = new();
    private readonly Clock clock = new();
    private readonly Interruption interruption;

    public InterruptionTests() => interruption = new(error, clock);

    public void Dispose()
    {
        interruption.Dispose();
        error.Dispose();
    }

    [Theory]
    [InlineData(PosixSignal.SIGINT)]
    [InlineData(PosixSignal.SIGQUIT)]
    [InlineData(PosixSignal.SIGTERM)]
    [InlineData(PosixSignal.SIGHUP)]
    public void The_first_request_stops_in_order_and_one_within_a_second_is_the_same(PosixSignal signal)
    {
        Assert.False(interruption.Token.IsCancellationRequested);
        Assert.True(IsTaken(signal));
        Assert.True(interruption.Token.IsCancellationRequested);
        clock.Ticks += TimeSpan.TicksPerSecond - 1;
        Assert.True(IsTaken(PosixSignal.SIGINT));
        Assert.Equal("stopping; Ctrl+C again after a second ends it at once", error.ToString().TrimEnd());
    }

    [Fact]
    public void One_a_second_later_is_left_to_the_system()
    {
        Assert.True(IsTaken(PosixSignal.SIGINT));
        clock.Ticks += TimeSpan.TicksPerSecond;
        Assert.False(IsTaken(PosixSignal.SIGINT));
        Assert.Single(error.ToString().TrimEnd().Split('\n'));
    }

    [Fact]
    public void Nobody_who_can_be_told_keeps_it_from_stopping_no_more_than_its_end()
    {
        error.Dispose();
        Assert.True(IsTaken(PosixSignal.SIGTERM));
        Assert.True(interruption.Token.IsCancellationRequested);
        Interruption ended = new(TextWriter.Null, clock);
        ended.Dispose();
        ended.Stop(new(PosixSignal.SIGTERM));
    }

    [Fact]
    public async Task It_ends_after_the_line_about_the_request_however_soon_the_program_does()
    {
        using SlowWriter slow = new();
        Interruption stopping = new(slow, clock);
        Task asking = Task.Run(() => stopping.Stop(new(PosixSignal.SIGTERM)));
        slow.Begun.Wait();
        Assert.True(stopping.Token.IsCancellationRequested);
        Task ending = Task.Run(stopping.Dispose);
        Assert.NotSame(ending, await Task.WhenAny(ending, Task.Delay(100)));
        slow.GoOn.Set();
        await Task.WhenAll(asking, ending);
    }

    private bool IsTaken(PosixSignal signal)
    {
        PosixSignalContext context = new(signal);
        interruption.Stop(context);
        return context.Cancel;
    }

    private sealed class SlowWriter : StringWriter
    {
        internal ManualResetEventSlim Begun { get; } = new();

        internal ManualResetEventSlim GoOn { get; } = new();

        public override void WriteLine(string? value)
        {
            Begun.Set();
            GoOn.Wait();
        }
    }

    private sealed class Clock : TimeProvider
    {
        internal long Ticks { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Ticks;
    }
}
