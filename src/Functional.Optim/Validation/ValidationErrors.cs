using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.CompilerServices;
using LanguageExt;
using LanguageExt.Common;

namespace Functional.Optim;

/// <summary>Accumulates every error of a configuration: what was given, and what is allowed.</summary>
public sealed class ValidationErrors
{
    private readonly List<string> found = [];

    /// <summary>Notes an error unless a condition holds.</summary>
    /// <param name="holds">The condition.</param>
    /// <param name="name">The name of the option.</param>
    /// <param name="value">The value given.</param>
    /// <param name="allowed">What is allowed, such as "in [0, 1)".</param>
    public ValidationErrors Require(bool holds, string name, object? value, string allowed)
    {
        if (!holds)
        {
            string given = string.Create(CultureInfo.InvariantCulture, $"{value ?? "null"}");
            found.Add($"{name} is {Excerpt.Of(given)}; allowed is {allowed}");
        }

        return this;
    }

    /// <summary>Notes an error unless a number is allowed.</summary>
    /// <param name="value">The value given.</param>
    /// <param name="bounds">What is allowed.</param>
    /// <param name="name">The name of the option; by default the expression given as its value.</param>
    public ValidationErrors Require(
        double value, Bounds bounds, [CallerArgumentExpression(nameof(value))] string name = "")
    {
        ArgumentNullException.ThrowIfNull(bounds);
        return Require(bounds.Contains(value), name, value, bounds.Allowed);
    }

    /// <summary>Notes an error unless there is a schedule; the rate of a constant is finite and not negative.</summary>
    /// <param name="schedule">The schedule given.</param>
    /// <param name="name">The name of the option; by default the expression given as its value.</param>
    public ValidationErrors Require(
        Schedule? schedule, [CallerArgumentExpression(nameof(schedule))] string name = "") =>
        Require(schedule, Bounds.NotNegative, name);

    /// <summary>Notes an error unless there is a schedule; a constant is allowed where its number is.</summary>
    /// <param name="schedule">The schedule given.</param>
    /// <param name="bounds">What is allowed. What no constant is, the step that it is for has to check.</param>
    /// <param name="name">The name of the option; by default the expression given as its value.</param>
    public ValidationErrors Require(
        Schedule? schedule, Bounds bounds, [CallerArgumentExpression(nameof(schedule))] string name = "") =>
        schedule is Constant { Rate: double number }
            ? Require(number, bounds, name)
            : Require(schedule is not null, name, schedule, "a schedule");

    /// <summary>Notes an error unless there is an optimizer.</summary>
    internal ValidationErrors Require(
        Optimizer? optimizer, [CallerArgumentExpression(nameof(optimizer))] string name = "") =>
        Require(optimizer is not null, name, optimizer, "an optimizer");

    /// <summary>Notes an error unless a choice is one of its type's.</summary>
    /// <typeparam name="TChoice">The choices.</typeparam>
    /// <param name="choice">The choice given.</param>
    /// <param name="name">The name of the option; by default the expression given as its value.</param>
    public ValidationErrors Require<TChoice>(
        TChoice choice, [CallerArgumentExpression(nameof(choice))] string name = "")
        where TChoice : struct, Enum =>
        Require(Enum.IsDefined(choice), name, choice, string.Join(", ", Enum.GetNames<TChoice>()));

    /// <summary>Notes an error unless the lowest rate of a schedule is one and not above its highest.</summary>
    internal ValidationErrors RequireFloor(double floor, double peak) =>
        Require(floor >= 0 && !(peak >= 0 && floor > peak), nameof(floor), floor, "from 0 to the peak");

    /// <summary>Notes an error unless the first rate of a warm-up is one and not above the highest.</summary>
    internal ValidationErrors RequireStart(double start, double peak) =>
        Require(start >= 0 && !(peak >= 0 && start > peak), nameof(start), start, "from 0 to the peak");

    /// <summary>Notes the error of each of some schedules.</summary>
    internal ValidationErrors RequireEach(ImmutableArray<Schedule> schedules)
    {
        for (int index = 0; index < schedules.Length; index++)
            Require(schedules[index], string.Create(CultureInfo.InvariantCulture, $"{nameof(schedules)}[{index}]"));
        return this;
    }

    /// <summary>Notes an error unless steps are such and in order; the same step may stand twice.</summary>
    internal ValidationErrors RequireRising(ImmutableArray<long> milestones) => Require(
        milestones.IsEmpty
            || (milestones[0] >= 0 && milestones.Zip(milestones.Skip(1)).All(pair => pair.Item1 <= pair.Item2)),
        nameof(milestones), $"[{string.Join(", ", milestones)}]", "0 or more, in rising order");

    /// <summary>Notes the errors of something that is itself the value of an option.</summary>
    internal ValidationErrors Within(string name, ImmutableArray<string> inside)
    {
        found.AddRange(inside.Select(error => $"{name}: {error}"));
        return this;
    }

    /// <summary>Notes errors found elsewhere.</summary>
    internal void Add(ImmutableArray<string> errors) => found.AddRange(errors);

    /// <summary>The value, made only if no error was found; else every error.</summary>
    /// <typeparam name="T">The configuration.</typeparam>
    /// <param name="make">Makes it.</param>
    public Validation<Error, T> Make<T>(Func<T> make)
    {
        ArgumentNullException.ThrowIfNull(make);
        return Checked(make).ToValidation();
    }

    /// <inheritdoc cref="Make"/>
    internal Outcome<T> Checked<T>(Func<T> make) => found.Count == 0 ? make() : Outcome.Fail<T>(found);
}
