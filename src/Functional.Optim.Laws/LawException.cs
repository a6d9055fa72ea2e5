namespace Functional.Optim.Laws;

/// <summary>
/// A law does not hold. The message names the law and whom it does not hold for, and has both values and the
/// counterexample.
/// </summary>
public sealed class LawException : Exception
{
    internal LawException(string law, object subject, string reason, string counterexample, Exception cause)
        : base($"{law} does not hold for {subject}, {reason}\nThe smallest counterexample found: {counterexample}", cause) =>
        (Law, Reason, Counterexample) = (law, reason, counterexample);

    /// <summary>The law, by the name of its method.</summary>
    public string Law { get; }

    /// <summary>What differs, and in which type of numbers.</summary>
    public string Reason { get; }

    /// <summary>The smallest case found in which it does not hold.</summary>
    public string Counterexample { get; }
}
