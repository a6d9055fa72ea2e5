using Spectre.Console;

namespace Experiments;

/// <summary>A bar on the error output while something runs; it is gone when that is done.</summary>
public sealed class RunProgress : IProgress<double>
{
    private readonly ProgressTask? bar;

    private RunProgress(ProgressTask? bar) => this.bar = bar;

    /// <summary>Shows the bar while something works, where a person can see it.</summary>
    /// <param name="title">What the bar is called.</param>
    /// <param name="work">What to do; it tells the share that is done, from 0 to 1.</param>
    public static T Show<T>(string title, Func<IProgress<double>, T> work)
    {
        if (Console.IsOutputRedirected || Console.IsErrorRedirected) return work(new RunProgress(null));
        return AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) })
            .Progress()
            .AutoClear(true)
            .Columns(new SpinnerColumn(), new ProgressBarColumn(), new PercentageColumn(), new TaskDescriptionColumn { Alignment = Justify.Left })
            .Start(context => work(new RunProgress(context.AddTask(Markup.Escape(title), maxValue: 1))));
    }

    /// <inheritdoc/>
    public void Report(double value)
    {
        if (bar is not null) bar.Value = value;
    }
}
