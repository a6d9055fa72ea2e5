using System.Diagnostics;

namespace Functional.Optim.Tests.Processes;

/// <summary>A sample as its users start it.</summary>
internal sealed record SampleProgram(string Name)
{
    /// <summary>Runs it to its end.</summary>
    internal (int Code, string Output, string Error) Run(string arguments)
    {
        using Process process = Start(arguments);
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }

    /// <summary>Runs it until a line of its output that starts so, interrupts it as Ctrl+C does, and returns what it wrote after that line.</summary>
    internal (int Code, string Output) Interrupt(string arguments, string line)
    {
        using Process process = Start(arguments);
        try
        {
            while (process.StandardOutput.ReadLine() is { } read && !read.StartsWith(line, StringComparison.Ordinal))
            {
            }

            using (Process kill = Process.Start("kill", ["-INT", $"{process.Id}"])) kill.WaitForExit();
            Task<string> output = process.StandardOutput.ReadToEndAsync();
            Assert.True(process.WaitForExit(TimeSpan.FromMinutes(1)), $"{Name} goes on, a minute after it was interrupted");
            return (process.ExitCode, output.Result);
        }
        finally
        {
            if (!process.HasExited) process.Kill();
        }
    }

    private Process Start(string arguments) => Process.Start(new ProcessStartInfo(
        "dotnet", $"{Path.Combine(AppContext.BaseDirectory, $"{Name}.dll")} {arguments}")
    {
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!;
}
