using System.Collections.Immutable;

namespace Functional.Optim.Laws;

/// <summary>What each law says of an optimizer, by <see cref="OptimizerLaws.Report"/>.</summary>
/// <param name="Optimizer">The optimizer.</param>
/// <param name="OfEvery">The laws of every optimizer (<see cref="OptimizerLaws.OfEvery"/>).</param>
/// <param name="OfSome">
/// The laws of some optimizers (<see cref="OptimizerLaws.OfSome"/>): one that fails need not be an error.
/// </param>
public sealed record OptimizerReport(
    Optimizer Optimizer, ImmutableArray<LawResult> OfEvery, ImmutableArray<LawResult> OfSome)
{
    /// <summary>Whether no law of every optimizer fails.</summary>
    public bool Holds => OfEvery.All(result => result.Outcome != LawOutcome.Fails);

    /// <summary>The optimizer, then a line or more for each law.</summary>
    public override string ToString() =>
        $"{Optimizer}\nLaws of every optimizer:{Lines(OfEvery)}\nLaws of some optimizers:{Lines(OfSome)}";

    private static string Lines(ImmutableArray<LawResult> results) =>
        string.Concat(results.Select(result =>
            $"\n  {result.ToString().Replace("\n", "\n    ", StringComparison.Ordinal)}"));
}
