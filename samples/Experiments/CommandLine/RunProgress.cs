using Spectre.Console;

namespace Experiments;

/// <summary>A progress bar on the error output while an experiment runs; it disappears at the end.</summary>
public sealed class RunProgress : IProgress<double>
{
    private readonly ProgressTask? bar;

    private RunProgress(ProgressTask? bar) => this.bar = bar;

    /// <summary>Shows the bar during some work. Where an output is redirected there is no bar.</summary>
    /// <param name="title">The title of the bar.</param>
    /// <param name="work">The work; it reports the finished share, from 0 to 1.</param>
    public static T Show<T>(string title, Func<IProgress<double>, T> work)
    {
        if (Console.IsOutputRedirected || Console.IsErrorRedirected) return work(new RunProgress(null));
        return AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) })
            .Progress()
            .AutoClear(true)
            .Columns(new SpinnerColumn(), new ProgressBarColumn(), new PercentageColumn(),
                new TaskDescriptionColumn { Alignment = Justify.Left })
            .Start(context => work(new RunProgress(context.AddTask(Markup.Escape(title), maxValue: 1))));
    }

    /// <inheritdoc/>
    public void Report(double value)
    {
        if (bar is not null) bar.Value = value;
    }
}
