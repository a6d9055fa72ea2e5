namespace Functional.Optim.Laws;

/// <summary>A law and what it says of an optimizer.</summary>
/// <param name="Law">The name of the law.</param>
/// <param name="Outcome">Whether it holds.</param>
/// <param name="Reason">
/// Where it fails, what differs and the smallest counterexample; where it does not apply, why; else empty.
/// </param>
public sealed record LawResult(string Law, LawOutcome Outcome, string Reason = "")
{
    /// <summary>The outcome, the law and the reason.</summary>
    public override string ToString() => Reason.Length == 0 ? $"{Word} {Law}" : $"{Word} {Law}: {Reason}";

    private string Word => Outcome switch
    {
        LawOutcome.Holds => "holds",
        LawOutcome.Fails => "fails",
        _ => "does not apply",
    };
}
