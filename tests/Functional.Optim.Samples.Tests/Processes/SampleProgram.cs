using System.Diagnostics;
using CommandLine;
using Functional.Optim.Tests.Processes;

namespace Functional.Optim.Samples.Tests.Processes;

/// <summary>A sample as its users start it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Processes">As how many processes it is started.</param>
internal sealed record SampleProgram(string Name, int Processes = 1)
{
    internal const string Stopping = "stopping; Ctrl+C again after a second ends it at once";

    /// <summary>Runs it to its end.</summary>
    internal (int Code, string Output, string Error) Run(string arguments) => ToEnd(Redirected(arguments));

    /// <summary>
    /// Runs it to its end by a line of a shell in which $PROGRAM stands for it, such as one that
    /// sends its output elsewhere.
    /// </summary>
    /// <param name="line">The line.</param>
    /// <param name="temporary">Where its temporary files go.</param>
    internal (int Code, string Output, string Error) RunInShell(string line, string? temporary = null)
    {
        ProcessStartInfo shell = new(
            "sh", ["-c", line]) { RedirectStandardOutput = true, RedirectStandardError = true };
        shell.Environment["PROGRAM"] = $"dotnet {Library}";
        if (temporary is not null) shell.Environment["TMPDIR"] = temporary;
        return ToEnd(shell);
    }

    /// <summary>
    /// Runs it until a line of its output that starts so, sends it signals, and returns what it wrote after that line.
    /// </summary>
    /// <param name="arguments">What it is started with.</param>
    /// <param name="line">How the line starts.</param>
    /// <param name="kill">A line of a shell in which $ID stands for the process; by default one Ctrl+C.</param>
    internal (int Code, string Output, string Error) Interrupt(
        string arguments, string line, string kill = "kill -INT $ID")
    {
        using Process process = Process.Start(Redirected(arguments))!;
        try
        {
            while (process.StandardOutput.ReadLine() is { } read && !read.StartsWith(line, StringComparison.Ordinal))
            {
            }

            // Nobody reads meanwhile, so that a program of much output cannot come to its end before.
            ProcessStartInfo shell = new("sh", ["-c", kill]);
            shell.Environment["ID"] = $"{process.Id}";
            using (Process killing = Process.Start(shell)!) killing.WaitForExit();
            Task<string> output = process.StandardOutput.ReadToEndAsync(),
                error = process.StandardError.ReadToEndAsync();
            Assert.True(process.WaitForExit(TimeSpan.FromMinutes(1)),
                $"{Name} goes on, a minute after it was interrupted");
            return (process.ExitCode, output.Result, error.Result);
        }
        finally
        {
            if (!process.HasExited) process.Kill();
        }
    }

    private string Library => Path.Combine(AppContext.BaseDirectory, $"{Name}.dll");

    /// <summary>How it is started so that its output is read.</summary>
    internal ProcessStartInfo Redirected(string arguments) =>
        new(
            Processes == 1 ? "dotnet" : MpiFactAttribute.Starter,
            Processes == 1 ? $"{Library} {arguments}" : $"-n {Processes} dotnet {Library} {arguments}")
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        };

    private static (int Code, string Output, string Error) ToEnd(ProcessStartInfo program)
    {
        using Process process = Process.Start(program)!;
        try
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync(),
                error = process.StandardError.ReadToEndAsync();
            Assert.True(process.WaitForExit(TimeSpan.FromMinutes(5)),
                $"{program.Arguments} goes on after five minutes");
            return (process.ExitCode, output.Result, error.Result);
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }
}
