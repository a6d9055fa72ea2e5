using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Functional.Optim;

/// <summary>
/// Checks the values of settings. A setter calls it, so that the range of a setting is written once: what it allows is
/// thrown by <c>with</c>, gathered by a factory (<see cref="Make"/>) and listed by the catalogue (<see cref="Learn"/>).
/// </summary>
internal static class Setting
{
    [ThreadStatic]
    private static ValidationErrors? gathered;

    [ThreadStatic]
    private static Dictionary<string, string>? learned;

    /// <summary>
    /// What a factory makes, or one exception with every error that the setters and <see cref="Require"/> found.
    /// </summary>
    /// <typeparam name="T">What is made.</typeparam>
    /// <param name="make">Makes it; where it has errors, what it returns is dropped.</param>
    /// <param name="what">What is made, for the message; by default the type's name.</param>
    /// <exception cref="SettingsException">There are errors.</exception>
    internal static T Make<T>(Func<T> make, string? what = null)
    {
        // What is made inside something else adds its errors to those of the whole.
        if (gathered is not null) return Checked(make());
        ValidationErrors errors = gathered = new();
        try
        {
            T made = Checked(make());
            return errors.Checked(() => made).OrThrow(what ?? typeof(T).Name);
        }
        finally
        {
            gathered = null;
        }

        static T Checked(T made)
        {
            (made as ScalingOptimizer)?.Check();
            return made;
        }
    }

    /// <summary>What the setters that run allow, by the names of the settings.</summary>
    /// <param name="run">Makes something.</param>
    internal static IReadOnlyDictionary<string, string> Learn(Action run)
    {
        Dictionary<string, string>? outer = learned;
        Dictionary<string, string> own = learned = new(StringComparer.OrdinalIgnoreCase);
        try
        {
            run();
            return own;
        }
        finally
        {
            learned = outer;
        }
    }

    /// <summary>The number.</summary>
    /// <exception cref="ArgumentException">It is not allowed.</exception>
    internal static double Check(double value, Bounds bounds, [CallerMemberName] string name = "")
    {
        Require(bounds.Contains(value), value, bounds.Allowed, name);
        return value;
    }

    /// <summary>The integer.</summary>
    /// <exception cref="ArgumentException">It is not allowed.</exception>
    internal static long Check(long value, Bounds bounds, [CallerMemberName] string name = "")
    {
        Require(bounds.Contains(value), value, bounds.Allowed, name);
        return value;
    }

    /// <inheritdoc cref="Check(long, Bounds, string)"/>
    internal static int Check(int value, Bounds bounds, [CallerMemberName] string name = "") =>
        (int)Check((long)value, bounds, name);

    /// <summary>The schedule.</summary>
    /// <exception cref="ArgumentException">It is null, or a constant rate that is negative or not finite.</exception>
    internal static Schedule Check(Schedule? schedule, [CallerMemberName] string name = "") =>
        Check(schedule, Bounds.NotNegative, name);

    /// <summary>The schedule of a setting.</summary>
    /// <exception cref="ArgumentException">It is null, or a constant that is not allowed.</exception>
    internal static Schedule Check(Schedule? schedule, Bounds bounds, [CallerMemberName] string name = "")
    {
        if (schedule is Constant { Rate: double number }) Check(number, bounds, name);
        else Require(schedule is not null, schedule, "a schedule", name);
        if (learned is not null) learned[name] = bounds.Allowed;
        return schedule!;
    }

    /// <summary>The choice.</summary>
    /// <exception cref="ArgumentException">It is none of its type.</exception>
    internal static TChoice Check<TChoice>(TChoice choice, [CallerMemberName] string name = "")
        where TChoice : struct, Enum
    {
        Require(Enum.IsDefined(choice), choice, string.Join(", ", Enum.GetNames<TChoice>()), name);
        return choice;
    }

    /// <summary>An optimizer inside another one; the identity where there is none, which is an error.</summary>
    internal static Optimizer Inner(Optimizer? inner, [CallerArgumentExpression(nameof(inner))] string name = "")
    {
        Require(inner is not null, inner, "an optimizer", name);
        return inner ?? Composition.Identity;
    }

    /// <summary>What a setting cannot do without.</summary>
    /// <exception cref="ArgumentNullException">It is null.</exception>
    internal static TValue Present<TValue>(
        [NotNull] TValue? value, [CallerArgumentExpression(nameof(value))] string name = "")
        where TValue : class => value ?? throw new ArgumentNullException(name);

    /// <summary>Refuses a value unless a condition holds.</summary>
    /// <param name="holds">The condition.</param>
    /// <param name="value">The value.</param>
    /// <param name="allowed">What is allowed, such as "in [0, 1)".</param>
    /// <param name="name">The name of the setting.</param>
    /// <exception cref="SettingsException">It does not hold, and no <see cref="Make"/> gathers the errors.</exception>
    internal static void Require(bool holds, object? value, string allowed, [CallerMemberName] string name = "")
    {
        if (learned is not null) learned[name] = allowed;
        if (holds) return;
        if (gathered is not null) gathered.Require(false, JsonNamingPolicy.CamelCase.ConvertName(name), value, allowed);
        else new ValidationErrors().Require(false, name, value, allowed).Checked(() => 0).OrThrow();
    }
}
