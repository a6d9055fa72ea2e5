using System.Globalization;
using Functional.Optim.Training;

namespace MiniGpt;

/// <summary>The scalars of the optimizer in a line of progress, such as "d 1.3e-3".</summary>
public static class ScalarText
{
    /// <summary>Each scalar with something after it; empty where there are none.</summary>
    /// <param name="scalars">The scalars.</param>
    /// <param name="after">What stands after each.</param>
    public static string Of(NamedScalars scalars, string after) => string.Concat(
        Enumerable.Range(0, scalars.Count).Select(index => string.Create(
            CultureInfo.InvariantCulture, $"{scalars.Names[index]} {scalars[index]:0.0e0}{after}")));
}
