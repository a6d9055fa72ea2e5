using System.CommandLine.Help;

namespace CommandLine;

/// <summary>The help of a command.</summary>
public static class CommandHelp
{
    /// <summary>The option that shows the help of a command below the root.</summary>
    public static HelpOption Option() => new() { Action = Action() };

    /// <summary>Shows the help, in lines of at most <see cref="HelpLines.MaxWidth"/>.</summary>
    public static HelpAction Action()
    {
        HelpAction action = new();
        // A terminal that does not know its width says 0.
        action.MaxWidth = action.MaxWidth is > 0 and < HelpLines.MaxWidth ? action.MaxWidth : HelpLines.MaxWidth;
        return action;
    }
}
