using System.CommandLine;
using System.CommandLine.Parsing;

namespace CommandLine;

/// <summary>Errors of arguments that belong to no option.</summary>
public static class UnknownArguments
{
    /// <summary>
    /// The errors of a command line for its last command, with the nearest known command or option.
    /// </summary>
    /// <param name="parsed">The command line.</param>
    public static IEnumerable<string> ErrorsOf(ParseResult parsed)
    {
        ArgumentNullException.ThrowIfNull(parsed);
        Command command = parsed.CommandResult.Command;
        // A mistyped option that was taken for an argument is an error there, and what follows may be its value.
        bool follows = parsed.CommandResult.Children.OfType<ArgumentResult>()
            .Any(given => given.Tokens.Any(token => IsOption(token.Value)));
        return ErrorsOf(
            follows ? [.. parsed.UnmatchedTokens.Where(IsOption)] : parsed.UnmatchedTokens,
            command.Options,
            command.Subcommands);
    }

    /// <summary>
    /// An error for each unknown option, with the nearest known one, and one for all the arguments before the first
    /// unknown option. What follows an unknown option may be its value and is not an error of its own.
    /// </summary>
    /// <param name="arguments">The arguments that belong to no option, in their order.</param>
    /// <param name="options">The known options.</param>
    /// <param name="commands">The known commands; none by default.</param>
    public static IEnumerable<string> ErrorsOf(
        IReadOnlyList<string> arguments, IEnumerable<Option> options, IEnumerable<Command>? commands = null)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        string[] stray = [.. arguments.TakeWhile(argument => !IsOption(argument))];
        if (stray.Length > 0)
        {
            string suggestion = Suggestion.For(stray[0], (commands ?? []).Select(command => command.Name));
            yield return $"'{string.Join(' ', stray)}' is not understood; --help lists the options{suggestion}";
        }

        foreach (string argument in arguments.Where(IsOption)) yield return ErrorOf(argument, options);
    }

    /// <summary>The error of an unknown option, with the nearest known one.</summary>
    /// <param name="argument">The option as it was given.</param>
    /// <param name="options">The known options.</param>
    public static string ErrorOf(string argument, IEnumerable<Option> options)
    {
        ArgumentNullException.ThrowIfNull(argument);
        string suggestion = Suggestion.For(argument.Split('=')[0], options.Select(option => option.Name));
        return $"{argument} is no option; --help lists the options{suggestion}";
    }

    private static bool IsOption(string argument) => argument.StartsWith('-');
}
