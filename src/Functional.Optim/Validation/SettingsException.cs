using System.Collections.Immutable;
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
        : this(what, [.. errors.Map(static error => error.Message)])
    {
    }

    internal SettingsException(string what, ImmutableArray<string> messages)
        : base($"{(string.IsNullOrEmpty(what) ? "" : $"{what}: ")}{string.Join("; ", messages)}.") =>
        Messages = messages;

    /// <summary>Every error that was found.</summary>
    public Seq<Error> Errors => Prelude.toSeq(Messages.Select(Error.New).ToArray());

    /// <summary>The text of each error.</summary>
    internal ImmutableArray<string> Messages { get; }
}
