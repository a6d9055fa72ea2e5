using Functional.Optim.Benchmarks.Quick;
using Functional.Optim.Benchmarks.Rivals;
using Functional.Optim.Kernels;

namespace Functional.Optim.Benchmarks.Growth;

/// <summary>AdamW in place and a loop that only moves its bytes, from 1,024 to 268,435,456 parameters.</summary>
internal static class AdamWGrowth
{
    private const int Smallest = 1024, Largest = 268_435_456, Factor = 4, RangeLength = 32_768;

    /// <summary>The bytes of parameter, gradient and two moments.</summary>
    private const long BytesPerParameter = 4 * sizeof(float);

    /// <summary>Measures it, as far as half of the memory of the machine is enough.</summary>
    /// <param name="rounds">The number of turns of each method.</param>
    internal static GrowthPanel Measure(int rounds)
    {
        ThreadCount[] threads = [.. ThreadCount.OneAndAll];
        List<(int Parameters, IReadOnlyList<Timing> Timings)> measured = [];
        for (long size = Smallest; size <= Largest && size * BytesPerParameter <= Memory() / 2; size *= Factor)
        {
            AdamWMemory<float> memory = new((int)size);
            Timing[] timings =
            [
                .. from used in threads
                   from act in ((string Name, Action Step)[])
                       [("AdamW", memory.Step), ("its bytes", () => memory.Step<Roofline<float>>(RangeLength))]
                   select new Timing($"{act.Name}, {used}", () =>
                   {
                       Threads.Limit = used.Count;
                       act.Step();
                   }),
            ];
            Timing.Measure(timings, rounds);
            measured.Add(((int)size, timings));
        }

        return new(
            "AdamW in place",
            "parameters",
            "ns per parameter",
            [
                .. measured[0].Timings.Select((timing, line) => new GrowthLine(
                    timing.Name,
                    [.. measured.Select(one => Point(one.Parameters, one.Timings[line].MedianSeconds))])),
            ]);

        static (double, double) Point(int parameters, double seconds) => (parameters, 1e9 * seconds / parameters);
        static long Memory() => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
    }
}
