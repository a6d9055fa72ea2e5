namespace Functional.Optim.Training;

/// <summary>An item of a checklist, judged.</summary>
/// <param name="Name">What was checked.</param>
/// <param name="Usual">The usual values.</param>
/// <param name="Value">The value of the configuration.</param>
/// <param name="Verdict">Whether the value is right.</param>
/// <param name="Advice">What to do; <see langword="null"/> where there is nothing to do.</param>
public sealed record ChecklistItem(string Name, string Usual, string Value, Verdict Verdict, string? Advice)
{
    /// <summary>The name, the value and the verdict, with the advice if there is one: one line.</summary>
    public override string ToString() => $"{Name}: {Value}, {Word}{(Advice is null ? "" : $": {Advice}")}";

    private string Word => Verdict switch
    {
        Verdict.Right => "right",
        Verdict.Doubtful => "doubtful",
        Verdict.Wrong => "wrong",
        _ => "not checked",
    };
}
