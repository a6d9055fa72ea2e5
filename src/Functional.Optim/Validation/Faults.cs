using System.Globalization;
using System.Runtime.CompilerServices;
using LanguageExt;
using LanguageExt.Common;

namespace Functional.Optim;

/// <summary>Gathers every fault of a configuration: what was given, and what is allowed.</summary>
public sealed class Faults
{
    private readonly List<Error> found = [];

    /// <summary>Notes a fault unless a condition holds.</summary>
    /// <param name="holds">The condition.</param>
    /// <param name="name">The name of the option.</param>
    /// <param name="value">The value given.</param>
    /// <param name="allowed">What is allowed, such as "in [0, 1)".</param>
    public Faults Require(bool holds, string name, object? value, string allowed)
    {
        if (!holds) found.Add(Error.New(string.Create(CultureInfo.InvariantCulture, $"{name} is {value ?? "null"}; allowed is {allowed}")));
        return this;
    }

    /// <summary>Notes a fault unless a number is allowed.</summary>
    /// <param name="value">The value given.</param>
    /// <param name="bounds">What is allowed.</param>
    /// <param name="name">The name of the option; by default the expression given as its value.</param>
    public Faults Require(double value, Bounds bounds, [CallerArgumentExpression(nameof(value))] string name = "")
    {
        ArgumentNullException.ThrowIfNull(bounds);
        return Require(bounds.Contains(value), name, value, bounds.Allowed);
    }

    /// <summary>Notes a fault unless there is a schedule.</summary>
    /// <param name="schedule">The schedule given.</param>
    /// <param name="name">The name of the option; by default the expression given as its value.</param>
    public Faults Require(Schedule? schedule, [CallerArgumentExpression(nameof(schedule))] string name = "") =>
        Require(schedule is not null, name, schedule, "a schedule");

    /// <summary>The value, made only if no fault was found; else every fault.</summary>
    /// <typeparam name="T">The configuration.</typeparam>
    /// <param name="make">Makes it.</param>
    public Validation<Error, T> Make<T>(Func<T> make)
    {
        ArgumentNullException.ThrowIfNull(make);
        return found.Count == 0
            ? Prelude.Success<Error, T>(make())
            : Prelude.Fail<Error, T>(Prelude.toSeq(found));
    }
}
