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
    /// <param name="arguments">What it is started with.</param>
    /// <param name="line">How the line starts.</param>
    /// <param name="times">How often it is interrupted, each time when it has answered the time before.</param>
    internal (int Code, string Output) Interrupt(string arguments, string line, int times = 1)
    {
        using Process process = Start(arguments);
        try
        {
            while (process.StandardOutput.ReadLine() is { } read && !read.StartsWith(line, StringComparison.Ordinal))
            {
            }

            for (int time = 0; time < times; time++)
            {
                using Process kill = Process.Start("kill", ["-INT", $"{process.Id}"]);
                kill.WaitForExit();
                if (time == 0) Assert.Equal("stopping; Ctrl+C again ends it at once", process.StandardError.ReadLine());
            }

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
