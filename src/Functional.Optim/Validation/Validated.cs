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
    public static T OrThrow<T>(this Validation<Error, T> validation, string what) => Or(validation, $"{what}: ");

    /// <summary>The value, or one exception that lists every fault, whose names say enough.</summary>
    internal static T OrThrow<T>(this Validation<Error, T> validation) => Or(validation, "");

    private static T Or<T>(Validation<Error, T> validation, string prefix) => validation.Match(
        Succ: value => value,
        Fail: faults => throw new ArgumentException($"{prefix}{string.Join("; ", faults.Map(fault => fault.Message))}."));
}
