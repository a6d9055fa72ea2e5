using System.Runtime.InteropServices;

namespace CommandLine;

/// <summary>
/// Listens for signals that ask the program to stop: Ctrl+C, Ctrl+\, a request to terminate, a closed terminal or
/// connection. The first signal asks it to stop, however long that takes. A signal a second later or more ends it at
/// once. Signals that the system lets the program ignore, as with nohup, stay ignored.
/// </summary>
public sealed class Interruption : IDisposable
{
    /// <summary>Signals within this time are the same request: a closing terminal sends several.</summary>
    private static readonly TimeSpan Same = TimeSpan.FromSeconds(1);

    /// <summary>A line that nobody reads keeps the program no longer than this from its end.</summary>
    private static readonly TimeSpan MaxTelling = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource source = new();
    private readonly PosixSignalRegistration[] signals;
    private readonly TextWriter error;
    private readonly TimeProvider clock;
    private readonly Lock asking = new();
    private readonly Lock telling = new();
    private long? asked;

    /// <summary>Starts to listen.</summary>
    /// <param name="error">Receives a line when the program is asked to stop.</param>
    /// <param name="clock">Measures the time since the first signal; by default the clock of the system.</param>
    public Interruption(TextWriter error, TimeProvider? clock = null)
    {
        (this.error, this.clock) = (error, clock ?? TimeProvider.System);
        signals =
        [
            .. ((PosixSignal[])[PosixSignal.SIGINT, PosixSignal.SIGQUIT, PosixSignal.SIGTERM, PosixSignal.SIGHUP])
                .Select(signal => PosixSignalRegistration.Create(signal, Stop)),
        ];
    }

    /// <summary>Is cancelled by the first signal.</summary>
    public CancellationToken Token => source.Token;

    /// <summary>Stops listening, once a line about a request is written.</summary>
    public void Dispose()
    {
        if (telling.TryEnter(MaxTelling)) telling.Exit();
        foreach (PosixSignalRegistration signal in signals) signal.Dispose();
        source.Dispose();
    }

    /// <summary>Handles one signal.</summary>
    /// <param name="signal">
    /// The signal. It is left to the system, which ends the program, if the first signal was at least a second ago.
    /// </param>
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
            lock (telling)
            {
                // This comes first: if anything after it fails, the program still stops in order.
                source.Cancel();
                error.WriteLine("stopping; Ctrl+C again after a second ends it at once");
            }
        }
        catch (Exception exception) when (exception
            is IOException or UnauthorizedAccessException or NotSupportedException or ObjectDisposedException)
        {
            // The line cannot be written, or the run has already ended: the program stops in any case.
        }
    }
}
