using CommandLine;
using Functional.Optim;
using Functional.Optim.Mpi;
using LanguageExt;
using LanguageExt.Common;

namespace MiniGpt;

/// <summary>
/// The program as one of several processes, where mpiexec started it so, or by itself. Of several, the first one tells
/// what happens, and writes what is not a checkpoint; what fails on one ends all.
/// </summary>
internal static class RankedProgram
{
    /// <summary>Runs the program. The result is the exit code.</summary>
    /// <param name="arguments">The arguments of the program.</param>
    /// <param name="output">The output.</param>
    /// <param name="error">The error output.</param>
    internal static Task<int> Run(string[] arguments, TextWriter output, TextWriter error) => Ranks.TryOpen().Match(
        Succ: async ranks =>
        {
            using (ranks)
            {
                return ranks.Count > 1
                    ? await Run(ranks, arguments, output, error)
                    : await new RunCommand(
                        (options, cancellation) => TrainingSession.Run(options, ranks, cancellation), output, error)
                        .InvokeAsync(arguments);
            }
        },
        Fail: failure =>
        {
            error.WriteErrorLine(failure.Message);
            return Task.FromResult(ExitCode.Failure);
        });

    private static async Task<int> Run(Ranks ranks, string[] arguments, TextWriter output, TextWriter error)
    {
        using StringWriter unread = new();
        if (ranks.Rank > 0)
        {
            (output, error) = (TextWriter.Null, unread);
            Console.SetOut(output);
            Console.SetError(error);
        }

        if (SameProgram(ranks, arguments) is { IsFail: true } other) return Refuse(other);
        bool hasBegun = false, hasEnded = false;
        RunCommand command = new(Train, output, error, ranks.Count, ranks.CountHere);
        int code = await command.InvokeAsync(arguments);
        if (!hasBegun) Begin(Error.New(unread.ToString().Trim()));
        // What was thrown on this process was not on the others, which wait for it.
        else if (!hasEnded) ranks.Abort($"{unread}".Trim(), code);
        ranks.Complete();
        return code;

        async Task<int> Train(RunOptions options, CancellationToken cancellation)
        {
            hasBegun = true;
            Fin<Unit> all = Begin(Unit.Default);
            int trained = all.IsFail ? Refuse(all) : await TrainingSession.Run(options, ranks, cancellation);
            hasEnded = true;
            return trained;
        }

        // All train, or none.
        Fin<Unit> Begin(Fin<Unit> own) => ranks.Share(own);

        int Refuse(Fin<Unit> refused)
        {
            refused.IfFail(failure => error.WriteErrorLine(failure.Message));
            ranks.Complete();
            return ExitCode.WrongUse;
        }
    }

    private static Fin<Unit> SameProgram(Ranks ranks, string[] arguments) => ranks.RequireSame(
        new Dictionary<string, string>
        {
            ["the program"] = typeof(RankedProgram).Module.ModuleVersionId.ToString(),
            ["the library"] = typeof(Optimizer).Module.ModuleVersionId.ToString(),
            ["the command line"] = string.Join(' ', arguments),
        });
}
