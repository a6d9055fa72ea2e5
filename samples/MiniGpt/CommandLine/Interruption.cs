using System.Runtime.InteropServices;

namespace MiniGpt;

/// <summary>Listens for Ctrl+C: the first asks the program to stop, however long that takes; the second ends it at once.</summary>
public sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource source = new();
    private readonly PosixSignalRegistration[] signals;
    private readonly TextWriter error;

    /// <summary>Begins to listen, to requests to terminate as well.</summary>
    /// <param name="error">Is told when the program is asked to stop.</param>
    public Interruption(TextWriter error)
    {
        this.error = error;
        signals = [PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop), PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop)];
    }

    /// <summary>Is cancelled by the first Ctrl+C.</summary>
    public CancellationToken Token => source.Token;

    /// <summary>Listens no more.</summary>
    public void Dispose()
    {
        foreach (PosixSignalRegistration signal in signals) signal.Dispose();
        source.Dispose();
    }

    private void Stop(PosixSignalContext signal)
    {
        // What is not cancelled here goes to the system, which ends the program.
        if (source.IsCancellationRequested) return;
        signal.Cancel = true;
        error.WriteLine("stopping; Ctrl+C again ends it at once");
        source.Cancel();
    }
}
