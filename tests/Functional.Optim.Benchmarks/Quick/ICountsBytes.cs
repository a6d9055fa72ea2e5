namespace Functional.Optim.Benchmarks.Quick;

/// <summary>A case whose methods move more or fewer bytes than its baseline: it compares the times for a byte.</summary>
internal interface ICountsBytes
{
    /// <summary>The bytes that a method other than the baseline moves, as a ratio to those of the baseline.</summary>
    double RelativeBytes { get; }
}
