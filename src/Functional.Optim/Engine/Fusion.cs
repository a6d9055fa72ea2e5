namespace Functional.Optim;

/// <summary>
/// Whether the rules of a pass become one loop. That takes a type for each chain, which only a runtime with a JIT can make; natively
/// compiled, the rules run in turn.
/// </summary>
internal static class Fusion
{
    /// <summary>Whether rules run in turn though they could be fused, to compare the two.</summary>
    internal static bool IsOff { get; set; }
}
