using LanguageExt;
using LanguageExt.Common;

namespace LanguageModel;

/// <summary>Says where an error is.</summary>
internal static class ErrorPlace
{
    /// <summary>The same outcome; the message of an error begins with a place.</summary>
    internal static Fin<T> In<T>(this Fin<T> outcome, string place) =>
        outcome.BiMap(Succ: static value => value, Fail: error => Error.New($"{place}: {error.Message}"));
}
