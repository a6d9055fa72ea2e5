using System.CommandLine;

namespace CommandLine;

/// <summary>Errors of arguments that belong to no option.</summary>
public static class UnknownArguments
{
    /// <summary>
    /// An error for each unknown option, with the nearest known one, and one for all the arguments before the first
    /// unknown option. What follows an unknown option may be its value and is not an error of its own.
    /// </summary>
    /// <param name="arguments">The arguments that belong to no option, in their order.</param>
    /// <param name="options">The known options.</param>
    public static IEnumerable<string> ErrorsOf(IReadOnlyList<string> arguments, IEnumerable<Option> options)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        string[] names = [.. options.Select(option => option.Name)],
            stray = [.. arguments.TakeWhile(argument => !IsOption(argument))];
        if (stray.Length > 0) yield return $"'{string.Join(' ', stray)}' is not understood; --help lists the options";
        foreach (string argument in arguments.Where(IsOption))
        {
            string suggestion = Suggestion.For(argument.Split('=')[0], names);
            yield return $"{argument} is no option; --help lists the options{suggestion}";
        }
    }

    private static bool IsOption(string argument) => argument.StartsWith('-');
}
