using LanguageExt;
using LanguageExt.Common;

namespace Functional.Optim;

/// <summary>What fails on one process fails on all, with the same error.</summary>
public static class SharedOutcome
{
    private const char Succeeded = '+', Failed = '-';

    /// <summary>The outcome of what each process did for itself.</summary>
    /// <typeparam name="T">The type of what it has.</typeparam>
    /// <param name="ranks">The processes.</param>
    /// <param name="own">What this process has, or its error.</param>
    /// <returns>What this process has, or the error of the first process that has one.</returns>
    public static Fin<T> Share<T>(this IRanks ranks, Fin<T> own)
    {
        ArgumentNullException.ThrowIfNull(ranks);
        foreach (string text in ranks.AllGather(own.Match(Succ: _ => "", Fail: error => $"{Failed}{error.Message}")))
            if (text.Length > 0) return Error.New(text[1..]);
        return own;
    }

    /// <summary>What the first process does for all.</summary>
    /// <param name="ranks">The processes.</param>
    /// <param name="action">What it does; the others do not call it.</param>
    /// <returns>Its text, or its error, on every process.</returns>
    public static Fin<string> ByFirst(this IRanks ranks, Func<Fin<string>> action)
    {
        ArgumentNullException.ThrowIfNull(ranks);
        ArgumentNullException.ThrowIfNull(action);
        string own = ranks.Rank > 0
            ? ""
            : action().Match(Succ: text => $"{Succeeded}{text}", Fail: error => $"{Failed}{error.Message}");
        string first = ranks.AllGather(own)[0];
        return first[0] == Failed ? Error.New(first[1..]) : Fin<string>.Succ(first[1..]);
    }
}
