using System.Diagnostics;

namespace Functional.Optim.Benchmarks.Quick;

/// <summary>
/// One method, measured in turns with its rivals. A turn repeats it until about 20 ms have gone by; its time is that of
/// one call.
/// </summary>
/// <param name="name">The method's name.</param>
/// <param name="act">The method.</param>
/// <param name="restAfter">How many milliseconds the next method waits.</param>
internal sealed class Timing(string name, Action act, int restAfter = Timing.RestMilliseconds)
{
    /// <summary>Threads of the runtime that still spin after a turn would slow the next one.</summary>
    internal const int RestMilliseconds = 10;

    private const double TurnSeconds = 0.02, WarmSeconds = 0.4;
    private const int WarmCalls = 60, MaxWarmSeconds = 4;

    private readonly List<double> seconds = [];
    private int calls = 1;

    /// <summary>The method's name.</summary>
    internal string Name => name;

    /// <summary>Why the method cannot be measured; <see langword="null"/> where it can.</summary>
    internal string? Problem { get; private set; }

    /// <summary>The bytes that a call allocated on its thread, the minimum of all turns.</summary>
    internal double Allocated { get; private set; } = double.MaxValue;

    /// <summary>The time of one call in each turn.</summary>
    internal IReadOnlyList<double> Seconds => seconds;

    /// <summary>The median time of one call.</summary>
    internal double MedianSeconds => Quantiles.Of(seconds, 0.5);

    /// <summary>
    /// Measures methods in turn: A, B, …, A, B, …. A method that throws <see cref="NotSupportedException"/> is left out.
    /// </summary>
    /// <param name="methods">The methods.</param>
    /// <param name="rounds">The number of turns of each.</param>
    internal static void Measure(IReadOnlyList<Timing> methods, int rounds)
    {
        foreach (Timing method in methods) method.Warm();
        for (int round = 0; round < rounds; round++)
        {
            foreach (Timing method in methods.Where(method => method.Problem is null)) method.Turn();
        }
    }

    private void Warm()
    {
        try
        {
            act();
        }
        catch (NotSupportedException unsupported)
        {
            Problem = unsupported.Message;
            return;
        }

        long start = Stopwatch.GetTimestamp();
        int done = 0;
        double elapsed;
        do
        {
            act();
            done++;
            elapsed = Stopwatch.GetElapsedTime(start).TotalSeconds;
        }
        while ((done < WarmCalls || elapsed < WarmSeconds) && elapsed < MaxWarmSeconds);

        // Methods in the queue of the JIT are compiled in the background.
        Thread.Sleep(150);
        act();
        long again = Stopwatch.GetTimestamp();
        int few = Math.Clamp((int)(done / elapsed * TurnSeconds), 1, 1_000_000);
        for (int call = 0; call < few; call++) act();
        calls = Math.Clamp((int)(few * TurnSeconds / Stopwatch.GetElapsedTime(again).TotalSeconds), 1, 1_000_000);
        Thread.Sleep(restAfter);
    }

    private void Turn()
    {
        act();
        long allocated = GC.GetAllocatedBytesForCurrentThread(), start = Stopwatch.GetTimestamp();
        for (int call = 0; call < calls; call++) act();
        seconds.Add(Stopwatch.GetElapsedTime(start).TotalSeconds / calls);
        Allocated = Math.Min(Allocated, (double)(GC.GetAllocatedBytesForCurrentThread() - allocated) / calls);
        Thread.Sleep(restAfter);
    }
}
