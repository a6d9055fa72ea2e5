using System.Runtime.InteropServices;

namespace CommandLine;

/// <summary>
/// Listens for whatever asks the program to stop: Ctrl+C, Ctrl+\, a request to terminate, a terminal or a connection that closes. The
/// first asks it to stop, however long that takes; one that comes a second later or more ends it at once. What the system lets a program
/// ignore, as nohup does, is ignored.
/// </summary>
public sealed class Interruption : IDisposable
{
    /// <summary>What a terminal that closes, or a hand that trembles, sends again within this time is the same request.</summary>
    private static readonly TimeSpan Same = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource source = new();
    private readonly PosixSignalRegistration[] signals;
    private readonly TextWriter error;
    private readonly TimeProvider clock;
    private readonly Lock asking = new();
    private long? asked;

    /// <summary>Begins to listen.</summary>
    /// <param name="error">Is told when the program is asked to stop.</param>
    /// <param name="clock">Tells how long ago the first request was; the system's where there is none.</param>
    public Interruption(TextWriter error, TimeProvider? clock = null)
    {
        (this.error, this.clock) = (error, clock ?? TimeProvider.System);
        signals =
        [
            .. ((PosixSignal[])[PosixSignal.SIGINT, PosixSignal.SIGQUIT, PosixSignal.SIGTERM, PosixSignal.SIGHUP])
                .Select(signal => PosixSignalRegistration.Create(signal, Stop)),
        ];
    }

    /// <summary>Is cancelled by the first request.</summary>
    public CancellationToken Token => source.Token;

    /// <summary>Listens no more.</summary>
    public void Dispose()
    {
        foreach (PosixSignalRegistration signal in signals) signal.Dispose();
        source.Dispose();
    }

    /// <summary>Takes one request.</summary>
    /// <param name="signal">Is left to the system, which ends the program, where the first request was a second ago or longer.</param>
    public void Stop(PosixSignalContext signal)
    {
        ArgumentNullException.ThrowIfNull(signal);
        lock (asking)
        {
            signal.Cancel = asked is not { } first || clock.GetElapsedTime(first) < Same;
            if (asked is not null) return;
            asked = clock.GetTimestamp();
        }

        try
        {
            // First of all, so that nothing that fails afterwards keeps the program from stopping in order.
            source.Cancel();
            error.WriteLine("stopping; Ctrl+C again after a second ends it at once");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or NotSupportedException or ObjectDisposedException)
        {
            // There is nobody to be told, or the run has ended meanwhile: it stops all the same.
        }
    }
}
