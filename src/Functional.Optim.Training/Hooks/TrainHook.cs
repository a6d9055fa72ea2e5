namespace Functional.Optim.Training;

/// <summary>
/// Takes part in a run: sees each step, and may refuse an update, stop the run, or ask for a checkpoint. A hook is
/// settings; what it remembers during a run is in the <see cref="HookRun"/> that it starts.
/// </summary>
public abstract class TrainHook
{
    /// <summary>
    /// The name under which a checkpoint keeps what the hook remembers. Of hooks with the same name the second is
    /// <c>name 2</c>, and so on.
    /// </summary>
    public virtual string Name => GetType().Name;

    /// <summary>Starts to take part in a run.</summary>
    /// <param name="start">The run.</param>
    public abstract HookRun Start(HookStart start);

    /// <summary>A hook that is asked after each step that has a report.</summary>
    /// <param name="ask">Returns what to do, such as <see cref="HookRequest.Stop"/>.</param>
    /// <exception cref="ArgumentNullException">There is no function.</exception>
    public static TrainHook OnReport(Func<StepReport, HookRequest> ask)
    {
        ArgumentNullException.ThrowIfNull(ask);
        return new ReportHook(ask);
    }

    private sealed class ReportHook(Func<StepReport, HookRequest> ask) : TrainHook
    {
        public override HookRun Start(HookStart start) => new Asking(ask);

        private sealed class Asking(Func<StepReport, HookRequest> ask) : HookRun
        {
            public override HookRequest After<T>(in TrainMoment<T> moment) =>
                moment.Report is { } report ? ask(report) : HookRequest.None;
        }
    }
}
