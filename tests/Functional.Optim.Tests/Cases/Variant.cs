using System.Collections.Immutable;

namespace Functional.Optim.Tests.Cases;

/// <summary>An optimizer that every law is tried on.</summary>
/// <param name="Name">The name in test results; no other has it.</param>
/// <param name="Optimizer">The optimizer.</param>
internal sealed record Variant(string Name, Optimizer Optimizer)
{
    /// <summary>The laws of some optimizers that it keeps, by their names.</summary>
    public ImmutableArray<string> Keeps { get; init; } = [];

    /// <summary>
    /// The laws that it need not keep and that no problem shows it to break, by their names, and why.
    /// </summary>
    public ImmutableArray<(string Law, string Reason)> Unbroken { get; init; } = [];
}
