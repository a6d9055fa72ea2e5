using System.Collections.Immutable;
using System.Text;

namespace Functional.Optim.Training;

/// <summary>A fault of a run, with its evidence.</summary>
/// <param name="Kind">What is wrong.</param>
/// <param name="Step">The step of the evidence.</param>
/// <param name="Value">The value there; which one, the evidence says.</param>
/// <param name="Bound">The bound that the value passed.</param>
/// <param name="Evidence">The evidence in words, with the step, the value and the bound.</param>
public sealed record Finding(Fault Kind, long Step, double Value, double Bound, string Evidence)
{
    /// <summary>The leaf with the strongest evidence, if the finding is about leaves.</summary>
    public string? Leaf { get; init; }

    /// <summary>The fault in a few words.</summary>
    public string Title => FaultGuide.Of(Kind).Title;

    /// <summary>The likely causes, the most frequent first.</summary>
    public ImmutableArray<string> LikelyCauses => FaultGuide.Of(Kind).Causes;

    /// <summary>What to try, the cheapest first.</summary>
    public ImmutableArray<string> WhatToTry => FaultGuide.Of(Kind).Remedies;

    /// <summary>A block of lines: the title, the evidence, the likely causes and what to try.</summary>
    public override string ToString() => new StringBuilder()
        .AppendLine(Title)
        .Append("  evidence: ").AppendLine(Evidence)
        .Append("  likely causes: ").AppendJoin("; ", LikelyCauses).AppendLine()
        .Append("  try: ").AppendJoin("; ", WhatToTry)
        .ToString();
}
