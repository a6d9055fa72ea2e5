using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using CommandLine;
using Functional.Optim.Training;
using LanguageExt;
using LanguageExt.Common;

namespace MiniGpt;

/// <summary>The command <c>diagnose</c>: says what is wrong with a run.</summary>
public static class DiagnoseCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        Argument<string> path = CheckedArgument.Path("DIR", "Folder of a run");
        Command command = new("diagnose", "Finds the faults of a run, with evidence, likely causes and what to try")
        {
            path, CommandHelp.Option(),
        };
        command.SetAction(parsed =>
        {
            TextWriter output = parsed.InvocationConfiguration.Output;
            foreach (string line in Run(parsed.GetRequiredValue(path)).ThrowIfFail()) output.WriteLine(line);
            return ExitCode.Success;
        });
        return command;
    }

    private static Fin<Seq<string>> Run(string folder)
    {
        if (!Directory.Exists(folder)) return Error.New($"'{folder}' is no folder; diagnose takes the folder of a run");
        string norms = Path.Combine(folder, RunFiles.LeafNorms);
        return from reports in MetricsFile.Read(Path.Combine(folder, RunFiles.Metrics))
               from leaves in Path.Exists(norms) ? LeafNormsFile.Read(norms) : ImmutableArray<LeafNorms>.Empty
               select Lines(folder, reports, leaves).ToSeq();
    }

    private static IEnumerable<string> Lines(
        string folder, ImmutableArray<StepReport> reports, ImmutableArray<LeafNorms> norms)
    {
        ImmutableArray<Finding> findings = Diagnosis.Of(reports, norms);
        foreach (Finding finding in findings) yield return $"{finding}\n";
        if (findings.IsEmpty)
        {
            yield return reports.IsEmpty
                ? $"{RunFiles.Metrics} has no reports yet: nothing can be found"
                : string.Create(CultureInfo.InvariantCulture,
                    $"nothing was found in {reports.Length:N0} reports up to step {reports[^1].Step:N0}");
        }

        if (norms.IsEmpty)
            yield return $"without norms in {RunFiles.LeafNorms} leaves and the sizes of updates are not judged";
        foreach (string line in ConfigurationCheck.Of(folder)) yield return line;
    }
}
