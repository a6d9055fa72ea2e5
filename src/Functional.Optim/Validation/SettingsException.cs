using LanguageExt;
using LanguageExt.Common;

namespace Functional.Optim;

/// <summary>Settings are not allowed, by themselves or together.</summary>
public sealed class SettingsException : ArgumentException
{
    /// <summary>The exception for some errors.</summary>
    /// <param name="what">What was being made; empty where the errors say enough.</param>
    /// <param name="errors">What is wrong, each in one sentence.</param>
    public SettingsException(string what, Seq<Error> errors)
        : base(
            $"{(string.IsNullOrEmpty(what) ? "" : $"{what}: ")}"
            + $"{string.Join("; ", errors.Map(error => error.Message))}.") => Errors = errors;

    /// <summary>Every error that was found.</summary>
    public Seq<Error> Errors { get; }
}
