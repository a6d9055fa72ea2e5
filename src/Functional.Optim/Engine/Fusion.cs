namespace Functional.Optim;

/// <summary>
/// Whether the rules of a pass become one loop. That needs a type for each chain of rules, which only a runtime with a
/// JIT can create. In natively compiled programs the rules run in turn.
/// </summary>
internal static class Fusion
{
    /// <summary>Whether rules run in turn even where they could be fused, so that tests can compare the two.</summary>
    internal static bool IsOff { get; set; }
}
