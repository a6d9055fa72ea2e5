using System.CommandLine.Help;

namespace CommandLine;

/// <summary>The help of a command below the root.</summary>
public static class CommandHelp
{
    /// <summary>The option that shows the help, in lines of at most <see cref="HelpLines.MaxWidth"/>.</summary>
    public static HelpOption Option()
    {
        HelpAction action = new();
        action.MaxWidth = Math.Min(action.MaxWidth, HelpLines.MaxWidth);
        return new HelpOption { Action = action };
    }
}
