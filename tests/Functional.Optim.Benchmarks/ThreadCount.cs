namespace Functional.Optim.Benchmarks;

/// <summary>A number of threads, which shows itself with its unit.</summary>
/// <param name="Count">The number.</param>
public readonly record struct ThreadCount(int Count)
{
    /// <summary>One thread, and as many as there are cores.</summary>
    public static IEnumerable<ThreadCount> OneAndAll =>
        ((ThreadCount[])[new(1), new(Environment.ProcessorCount)]).Distinct();

    public override string ToString() =>
        Count == 1 ? "1 thread" : FormattableString.Invariant($"{Count} threads");
}
