namespace CommandLine;

/// <summary>The exit codes of the samples.</summary>
public static class ExitCode
{
    /// <summary>The program did what it was asked to do.</summary>
    public const int Success = 0;

    /// <summary>The program failed for a reason other than its arguments.</summary>
    public const int Failure = 1;

    /// <summary>The arguments, or a file that they name, are wrong.</summary>
    public const int WrongUse = 2;

    /// <summary>Ctrl+C, or another request to end, stopped the program.</summary>
    public const int Interrupted = 130;
}
