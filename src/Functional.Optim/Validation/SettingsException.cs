using LanguageExt;
using LanguageExt.Common;

namespace Functional.Optim;

/// <summary>Settings are not allowed, by themselves or together.</summary>
public sealed class SettingsException : ArgumentException
{
    /// <summary>The exception for some faults.</summary>
    /// <param name="what">What was being made; empty where the faults say enough.</param>
    /// <param name="faults">What is wrong, each in one sentence.</param>
    public SettingsException(string what, Seq<Error> faults)
        : base($"{(string.IsNullOrEmpty(what) ? "" : $"{what}: ")}{string.Join("; ", faults.Map(fault => fault.Message))}.") => Faults = faults;

    /// <summary>Every fault that was found.</summary>
    public Seq<Error> Faults { get; }
}
