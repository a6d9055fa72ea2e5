namespace Functional.Optim.Laws;

/// <summary>What a law says is not so in one case; the message says what is.</summary>
internal sealed class BrokenClaimException(string message) : Exception(message);
