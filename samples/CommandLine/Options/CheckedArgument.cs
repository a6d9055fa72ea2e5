using System.CommandLine;
using System.CommandLine.Parsing;

namespace CommandLine;

/// <summary>Arguments whose errors name the argument, the value given and what is allowed.</summary>
public static class CheckedArgument
{
    /// <summary>
    /// An argument that is the path of a file or a folder. What begins with a hyphen is taken for a mistyped option; a
    /// path that does needs ./ before it.
    /// </summary>
    /// <param name="name">What stands for it in the help, such as "FILE".</param>
    /// <param name="description">What the help says.</param>
    public static Argument<string> Path(string name, string description)
    {
        Argument<string> argument = new(name) { Description = description, Arity = ArgumentArity.ExactlyOne };
        argument.Validators.Add(given =>
        {
            string path = given.Tokens[0].Value;
            if (path.StartsWith('-') && given.Parent is CommandResult parent)
                given.AddError(UnknownArguments.ErrorOf(path, parent.Command.Options));
            else if (string.IsNullOrWhiteSpace(path))
                given.AddError($"{name} is empty; allowed is the path of a file or a folder");
        });
        return argument;
    }
}
