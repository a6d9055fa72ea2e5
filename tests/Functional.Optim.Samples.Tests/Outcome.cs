using LanguageExt;

namespace Functional.Optim.Samples.Tests;

/// <summary>Takes a <see cref="Fin{A}"/> apart where a test knows which case it is.</summary>
internal static class Outcome
{
    internal static T Value<T>(this Fin<T> outcome) => outcome.ThrowIfFail();

    internal static string ErrorOf<T>(this Fin<T> outcome) =>
        outcome.Match(Succ: value => throw new InvalidOperationException($"expected an error, got {value}"),
            Fail: error => error.Message);
}
