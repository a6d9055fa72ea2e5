using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Functional.Optim;

/// <summary>Checks a value for the setter of its setting, as <see cref="Bounds.Check"/> checks numbers.</summary>
internal static class Setting
{
    /// <summary>The schedule.</summary>
    /// <exception cref="ArgumentException">It is null, or a constant rate that is negative or not finite.</exception>
    internal static Schedule Check(Schedule? schedule, [CallerMemberName] string name = "") =>
        Check(schedule, Bounds.NotNegative, name);

    /// <summary>The schedule of a setting.</summary>
    /// <exception cref="ArgumentException">It is null, or a constant that is not allowed.</exception>
    internal static Schedule Check(Schedule? schedule, Bounds bounds, [CallerMemberName] string name = "") =>
        new ValidationErrors().Require(schedule, bounds, name).Make(() => schedule!).OrThrow();

    /// <summary>What a setting cannot do without.</summary>
    /// <exception cref="ArgumentNullException">It is null.</exception>
    internal static TValue Present<TValue>([NotNull] TValue? value, [CallerArgumentExpression(nameof(value))] string name = "")
        where TValue : class => value ?? throw new ArgumentNullException(name);

    /// <summary>The choice.</summary>
    /// <exception cref="ArgumentException">It is none of its type.</exception>
    internal static TChoice Check<TChoice>(TChoice choice, [CallerMemberName] string name = "")
        where TChoice : struct, Enum => new ValidationErrors().Require(choice, name).Make(() => choice).OrThrow();
}
