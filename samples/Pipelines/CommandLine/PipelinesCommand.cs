using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using CommandLine;

namespace Pipelines;

/// <summary>The command line: a command for each pipeline, and all of them without one.</summary>
public sealed class PipelinesCommand
{
    private readonly RootCommand root = new("Pipelines around pure steps; without a name, all in turn.");
    private readonly CheckedCommand command;

    /// <summary>Makes the command.</summary>
    /// <param name="output">Where the pipelines and the help are written.</param>
    /// <param name="error">Where errors are written.</param>
    public PipelinesCommand(TextWriter output, TextWriter error)
    {
        command = new CheckedCommand(root, output, error, OtherErrorsOf);
        root.Options.OfType<HelpOption>().First().Action = CommandHelp.Action();
        root.SetAction(async (_, cancellation) =>
        {
            foreach (Pipeline pipeline in Pipeline.All)
            {
                if (pipeline != Pipeline.All[0]) await output.WriteLineAsync();
                await output.WriteLineAsync($"== {pipeline.Name}: {pipeline.Shows}");
                await pipeline.Run(output, null, cancellation);
            }
        });
        foreach (Pipeline pipeline in Pipeline.All) root.Add(CommandOf(pipeline, output));
    }

    /// <summary>Reads the arguments and runs, or writes what is wrong with them. The result is the exit code.</summary>
    /// <param name="arguments">The arguments of the program.</param>
    public Task<int> InvokeAsync(params string[] arguments) => command.InvokeAsync(arguments);

    private static Command CommandOf(Pipeline pipeline, TextWriter output)
    {
        Command one = new(pipeline.Name, pipeline.Shows) { CommandHelp.Option() };
        if (pipeline.File is not { } file)
        {
            one.SetAction((_, cancellation) => pipeline.Run(output, null, cancellation));
            return one;
        }

        Argument<string> path = CheckedArgument.Path("FILE", file);
        path.Arity = ArgumentArity.ZeroOrOne;
        one.Add(path);
        one.SetAction((parsed, cancellation) => pipeline.Run(output, parsed.GetValue(path), cancellation));
        return one;
    }

    private IEnumerable<string> OtherErrorsOf(ParseResult parsed)
    {
        if (parsed.CommandResult.Command != root
            || parsed.UnmatchedTokens is not [{ } first, ..] || first.StartsWith('-'))
            return UnknownArguments.ErrorsOf(parsed);
        string[] names = [.. Pipeline.All.Select(pipeline => pipeline.Name)];
        return [$"'{first}' is no pipeline; known are {Words.And(names)}{Suggestion.For(first, names)}"];
    }
}
