using LanguageExt;
using LanguageExt.Common;

namespace Functional.Optim;

/// <summary>The bridge from validations to exceptions, for callers who prefer those.</summary>
public static class Validated
{
    /// <summary>The value, or one exception that lists every fault.</summary>
    /// <typeparam name="T">The configuration.</typeparam>
    /// <param name="validation">The outcome.</param>
    /// <param name="what">What was being made, for the message.</param>
    /// <exception cref="ArgumentException">There are faults.</exception>
    public static T OrThrow<T>(this Validation<Error, T> validation, string what) =>
        validation.Match(
            Succ: value => value,
            Fail: faults => throw new ArgumentException($"{what}: {string.Join("; ", faults.Map(fault => fault.Message))}."));

    /// <summary>The way back: what a factory makes, or the message of its exception.</summary>
    internal static Validation<Error, T> OrFault<T>(Func<T> make)
    {
        try
        {
            return make();
        }
        catch (ArgumentException exception)
        {
            return Error.New(exception.Message);
        }
    }
}
