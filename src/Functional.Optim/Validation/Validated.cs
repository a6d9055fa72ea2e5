using LanguageExt;
using LanguageExt.Common;

namespace Functional.Optim;

/// <summary>The bridge between factories, which throw, and validations, for callers who prefer those.</summary>
public static class Validated
{
    /// <summary>
    /// What a factory makes, or every error found: <c>Validated.Of(() => AdamW.Of(rate, beta1: beta1))</c> for any
    /// factory of this library.
    /// </summary>
    /// <typeparam name="T">What is made.</typeparam>
    /// <param name="make">Calls the factory.</param>
    public static Validation<Error, T> Of<T>(Func<T> make)
    {
        ArgumentNullException.ThrowIfNull(make);
        return Outcome.Of(make).ToValidation();
    }

    /// <summary>The value, or one exception that lists every error.</summary>
    /// <typeparam name="T">The configuration.</typeparam>
    /// <param name="validation">The outcome.</param>
    /// <param name="what">What was being made, for the message; none where the errors say enough.</param>
    /// <exception cref="SettingsException">There are errors.</exception>
    public static T OrThrow<T>(this Validation<Error, T> validation, string what = "") => validation.Match(
        Succ: static value => value,
        Fail: errors => throw new SettingsException(what, errors));
}
