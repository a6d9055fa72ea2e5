using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using CommandLine;

namespace Experiments;

/// <summary>The help: the options of a command, and the idea of the experiment where the command runs one.</summary>
public sealed class ExperimentHelp : SynchronousCommandLineAction
{
    private readonly HelpAction options = new();

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        ArgumentNullException.ThrowIfNull(parseResult);
        options.MaxWidth = Math.Min(options.MaxWidth, HelpLines.MaxWidth);
        options.Invoke(parseResult);
        string name = parseResult.CommandResult.Command.Name;
        Experiment? experiment = ExperimentCatalogue.All.FirstOrDefault(known => known.Name == name);
        if (experiment is null) return ExitCode.Success;
        TextWriter output = parseResult.InvocationConfiguration.Output;
        output.WriteLine("Idea:");
        new HelpLines(output, options.MaxWidth).Write("  ", experiment.Idea);
        return ExitCode.Success;
    }
}
