using System.CommandLine;
using System.CommandLine.Parsing;
using LanguageExt.Common;

namespace CommandLine;

/// <summary>
/// A root command that writes each error, its own or of a command below it, as one line and ends with one of the
/// <see cref="ExitCode"/> values.
/// </summary>
/// <param name="root">The command.</param>
/// <param name="output">Where the help is written.</param>
/// <param name="error">Where errors are written.</param>
/// <param name="otherErrors">The errors of arguments that belong to no option.</param>
public sealed class CheckedCommand(
    RootCommand root, TextWriter output, TextWriter error, Func<ParseResult, IEnumerable<string>> otherErrors)
{
    /// <summary>
    /// Reads the arguments and runs the command, or writes what is wrong with them. The result is the exit code.
    /// </summary>
    /// <param name="arguments">The arguments of the program.</param>
    public async Task<int> InvokeAsync(IReadOnlyList<string> arguments)
    {
        ParseResult parsed = root.Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Errors.Count > 0) return Refuse([.. ErrorsOfSymbols(parsed), .. otherErrors(parsed)]);
        string[] misplaced = [.. MisplacedOptions(parsed)];
        if (misplaced.Length > 0) return Refuse(misplaced);
        using Interruption interruption = new(error);
        try
        {
            return await parsed.InvokeAsync(
                new()
                {
                    Output = output, Error = error, EnableDefaultExceptionHandler =
                        false, ProcessTerminationTimeout = null,
                },
                interruption.Token);
        }
        catch (OperationCanceledException)
        {
            return ExitCode.Interrupted;
        }
        catch (ExpectedException wrong)
        {
            return Refuse(wrong.Message);
        }
        catch (Exception exception)
        {
            // The outermost edge: a person is told what failed, not where in the code.
            error.WriteErrorLine($"failed: {exception.Message}");
            return ExitCode.Failure;
        }
    }

    /// <summary>Writes errors, each as one line, and returns the exit code of wrong use.</summary>
    /// <param name="errors">The errors.</param>
    public int Refuse(params IEnumerable<string> errors)
    {
        ArgumentNullException.ThrowIfNull(errors);
        foreach (string message in errors) error.WriteErrorLine(message);
        return ExitCode.WrongUse;
    }

    private static IEnumerable<string> ErrorsOfSymbols(ParseResult parsed) =>
        parsed.Errors.Where(error => error.SymbolResult is not CommandResult).Select(MessageOf);

    private static string MessageOf(ParseError error) =>
        error.SymbolResult is ArgumentResult { Tokens.Count: 0, Parent: CommandResult of } missing
            ? $"{of.Command.Name} has no {missing.Argument.Name}; --help explains it"
            : error.Message;

    /// <summary>
    /// The errors of options that stand before the name of a command and are not those of the command, which would
    /// ignore them.
    /// </summary>
    private static IEnumerable<string> MisplacedOptions(ParseResult parsed) =>
        parsed.CommandResult.Parent is CommandResult before
            ? before.Children.OfType<OptionResult>()
                .Where(given => given is { Implicit: false, Option: { Recursive: false, Action: null } })
                .Select(given => $"{given.Option.Name} is no option of {parsed.CommandResult.Command.Name}; "
                    + "--help lists the options")
            : [];
}
