using System.Collections.Immutable;
using LanguageExt;
using LanguageExt.Common;

namespace Functional.Optim;

/// <summary>
/// A value, or what is wrong, each error as one sentence. Public methods return it as a <c>Validation</c>. Inside, this
/// type keeps LanguageExt out of programs that do not call those, which matters where they are compiled natively.
/// </summary>
/// <typeparam name="T">The value.</typeparam>
internal readonly struct Outcome<T>
{
    private readonly T value;
    private readonly ImmutableArray<string> errors;

    internal Outcome(T value) => (this.value, errors) = (value, []);

    internal Outcome(ImmutableArray<string> errors) => (value, this.errors) = (default!, errors);

    internal bool IsSuccess => errors.IsEmpty;

    /// <summary>What is wrong; nothing where there is a value.</summary>
    internal ImmutableArray<string> Errors => errors;

    public static implicit operator Outcome<T>(T value) => new(value);

    internal TResult Match<TResult>(Func<T, TResult> success, Func<ImmutableArray<string>, TResult> failure) =>
        IsSuccess ? success(value) : failure(errors);

    internal Outcome<TResult> Map<TResult>(Func<T, TResult> map) =>
        IsSuccess ? new(map(value)) : new(errors);

    internal Outcome<TResult> Bind<TResult>(Func<T, Outcome<TResult>> bind) =>
        IsSuccess ? bind(value) : new(errors);

    internal Outcome<T> MapErrors(Func<string, string> map) =>
        IsSuccess ? this : new([.. errors.Select(map)]);

    /// <summary>Whether there is a value, and an equal one.</summary>
    internal bool Is(T other) => IsSuccess && Equals(value, other);

    /// <summary>The value, or one exception that lists every error.</summary>
    /// <param name="what">What was being made, for the message; none where the errors say enough.</param>
    /// <exception cref="SettingsException">There are errors.</exception>
    internal T OrThrow(string what = "") => IsSuccess ? value : throw new SettingsException(what, errors);

    internal Validation<Error, T> ToValidation() => IsSuccess
        ? Prelude.Success<Error, T>(value)
        : Prelude.Fail<Error, T>(Prelude.toSeq(errors.Select(Error.New).ToArray()));
}

/// <summary>Makes outcomes.</summary>
internal static class Outcome
{
    internal static Outcome<T> Fail<T>(string error) => new([error]);

    internal static Outcome<T> Fail<T>(IEnumerable<string> errors) => new([.. errors]);

    /// <summary>What a factory makes, or every error found.</summary>
    /// <inheritdoc cref="Validated.Of"/>
    internal static Outcome<T> Of<T>(Func<T> make)
    {
        try
        {
            return make();
        }
        catch (SettingsException exception)
        {
            return new(exception.Messages);
        }
        catch (ArgumentException exception)
        {
            return Fail<T>(exception.Message);
        }
    }
}
