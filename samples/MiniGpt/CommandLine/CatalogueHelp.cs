using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Functional.Optim;

namespace MiniGpt;

/// <summary>The help on the options of the program, and then on the optimizers and schedules and the options of each.</summary>
/// <param name="options">The help on the options of the program.</param>
public sealed class CatalogueHelp(HelpAction options) : SynchronousCommandLineAction
{
    private const int FirstColumn = 24, WidestLine = 120;

    private readonly int width = Math.Min(options.MaxWidth, WidestLine);

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        ArgumentNullException.ThrowIfNull(parseResult);
        int code = options.Invoke(parseResult);
        TextWriter output = parseResult.InvocationConfiguration.Output;
        Write(output, "", "Optimizers and schedules have options of their own, given in parentheses; in a shell that takes quotes:");
        Write(output, "  ", "--optimizer \"lion(beta1=0.95, weightDecay=1)\" --schedule \"stepDecay(every=500, gamma=0.5)\"");
        Write(output, "", "Those not given come from the options above: peak and rate are --learning-rate, warmupSteps is --warmup, totalSteps is "
            + "--steps, weightDecay is --weight-decay, learningRate is --schedule. From the preset come the floor, the momentum of 'momentum' "
            + "and the betas of adam and adamW; decay and adapts are matrices. Else the defaults below hold.");
        List(output, "Optimizers", OptimizerChoice.Known);
        List(output, "Schedules", ScheduleChoice.Known);
        return code;
    }

    private void List<T>(TextWriter output, string title, CatalogueChoice<T> choice)
    {
        output.WriteLine($"\n{title}:");
        foreach ((string name, string entry) in choice.ShortNames) Row(output, name, $"short for {entry}");
        foreach (CatalogueEntry<T> entry in choice.Entries)
        {
            Row(output, entry.Name, entry.Description);
            Row(output, string.Empty, string.Join(", ", entry.Options));
        }

        output.WriteLine($"\nOptions of {title.ToLowerInvariant()}:");
        var kinds = choice.Entries.SelectMany(entry => entry.Options.Select(option => (Entry: entry.Name, Option: option)))
            .GroupBy(at => at.Option with { Default = null }).OrderBy(same => same.Key.Name, StringComparer.Ordinal).ToArray();
        foreach (var same in kinds)
        {
            bool isOne = kinds.Count(other => other.Key.Name == same.Key.Name) == 1;
            string whose = isOne ? string.Empty : $" ({string.Join(", ", same.Select(at => at.Entry))})";
            Row(output, same.Key.Name, $"{same.Key.Description}{whose}: {same.Key.Type}, {same.Key.Allowed}");
        }
    }

    private void Row(TextWriter output, string name, string text) => Write(output, $"  {name}".PadRight(FirstColumn), text);

    /// <summary>A text in lines that fit, beside what stands before the first.</summary>
    private void Write(TextWriter output, string front, string text)
    {
        string line = front;
        foreach (string word in text.Split(' '))
        {
            if (line.Length > front.Length && line.Length + word.Length > width)
            {
                output.WriteLine(line.TrimEnd());
                line = new string(' ', front.Length);
            }

            line += $"{word} ";
        }

        output.WriteLine(line.TrimEnd());
    }
}
