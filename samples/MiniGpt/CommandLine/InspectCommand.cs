using System.CommandLine;
using CommandLine;

namespace MiniGpt;

/// <summary>The command <c>inspect</c>: says what a safetensors file has.</summary>
public static class InspectCommand
{
    /// <summary>Makes the command.</summary>
    /// <param name="isTerminal">Whether the output is a terminal, which gets tables with borders.</param>
    public static Command Create(bool isTerminal)
    {
        Argument<string> path = CheckedArgument.Path(
            "FILE|DIR", "Safetensors file of this program or another, or the folder of a run");
        Command command = new("inspect", "Shows what a checkpoint has: leaves, norms, optimizer, step, settings")
        {
            path, CommandHelp.Option(),
        };
        command.SetAction(parsed =>
        {
            TextWriter output = parsed.InvocationConfiguration.Output;
            FileInspection found = FileInspection.Of(parsed.GetRequiredValue(path)).ThrowIfFail();
            foreach ((string name, string text) in found.Facts) output.WriteLine($"{name,-12}{text}");
            foreach (TextTable table in found.Tables)
            {
                output.WriteLine();
                table.Write(output, isTerminal);
            }

            return ExitCode.Success;
        });
        return command;
    }
}
