namespace Functional.Optim.Laws;

/// <summary>
/// A law does not hold. The message names the law and the subject it does not hold for, and has both values and the
/// counterexample.
/// </summary>
public sealed class LawException : Exception
{
    internal LawException(
        string law, object subject, string reason, string counterexample, Exception cause, string? repeat = null)
        : base($"{law} does not hold for {subject}, {Described(reason, counterexample, repeat)}", cause) =>
        (Law, Reason, Counterexample, Repeat) = (law, reason, counterexample, repeat);

    /// <summary>The law, by the name of its method.</summary>
    public string Law { get; }

    /// <summary>What differs, and in which type of numbers.</summary>
    public string Reason { get; }

    /// <summary>The smallest case found in which it does not hold.</summary>
    public string Counterexample { get; }

    /// <summary>
    /// The variable of the environment that draws the case again, such as <c>SEED=1,3</c>; <see langword="null"/> where
    /// each run draws it.
    /// </summary>
    public string? Repeat { get; }

    /// <summary>The message without the law and the subject.</summary>
    internal string Description => Described(Reason, Counterexample, Repeat);

    private static string Described(string reason, string counterexample, string? repeat) =>
        $"{reason}\nThe smallest counterexample found: {counterexample}"
        + (repeat is null ? "" : $"\nTo draw it again: {repeat}");
}
