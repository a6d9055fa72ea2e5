using System.Collections.Immutable;
using CommandLine;
using Functional.Optim;
using Functional.Optim.Mpi;
using Functional.Optim.Training;
using LanguageExt;
using LanguageExt.Common;
using LanguageModel;

namespace MiniGpt;

/// <summary>A run from its options to its files and to what it tells.</summary>
public sealed class TrainingSession
{
    private const int ParagraphLength = 500, LeafNormsInRun = 100;

    private readonly TrainingRun run;
    private readonly CheckpointFolder folder;
    private readonly Checkpoint<float> start;
    private readonly ImmutableArray<StepReport> before;

    private TrainingSession(
        TrainingRun run, CheckpointFolder folder, Checkpoint<float> start, ImmutableArray<StepReport> before) =>
        (this.run, this.folder, this.start, this.before) = (run, folder, start, before);

    /// <summary>Trains, or looks for a learning rate. The result is the exit code.</summary>
    /// <param name="options">The options.</param>
    /// <param name="ranks">The processes that train together; the first one tells, and writes the files.</param>
    /// <param name="cancellation">Stops the run in order.</param>
    public static Task<int> Run(RunOptions options, Ranks ranks, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(ranks);
        return (from text in ranks.Share(
                    TokenizedText.Read(options.TextFile, options.Preset.Tokens, options.Preset.Context))
                let run = new TrainingRun(options, text, ranks)
                from same in ranks.RequireSame(run.Settings)
                from prepared in ranks.ByFirst(
                    () => OutputFolder.Prepare(options.OutputFolder).Map(made => made.FullName))
                from open in CheckpointFolder.Open(prepared, run.Shard)
                select (run, open))
            .Match(
                Succ: async ready =>
                {
                    using (ready.open) return await In(ready.run, ready.open, cancellation);
                },
                Fail: error => Task.FromResult(Refuse(error.Message, ExitCode.WrongUse)));
    }

    private static Task<int> In(TrainingRun run, CheckpointFolder folder, CancellationToken cancellation) =>
        run.Options.FindRate
            ? Task.FromResult(RateSearch.Run(run, folder.Path, cancellation))
            : Begin(run, folder).Match(
                Succ: session => session.Train(cancellation),
                Fail: error => Task.FromResult(Refuse(error.Message, ExitCode.WrongUse)));

    /// <summary>Finds where the run starts, and the reports before.</summary>
    private static Fin<TrainingSession> Begin(TrainingRun run, CheckpointFolder folder)
    {
        RunOptions options = run.Options;
        if (options.Resume && options.Overwrite)
            return Error.New("--resume continues a run and --overwrite removes it; allowed is one of them");
        bool has = run.Ranks.ByFirst(() => CheckpointFolder.HasAny(folder.Path) ? folder.Path : "") != "";
        if (options.Resume && has)
        {
            return folder.Newest<float>(run.Optimizer).Bind(found =>
            {
                foreach (string refused in found.Refused) Console.Error.WriteErrorLine(refused);
                return from known in RequireKnown(run)
                       from allowed in Allow(
                           SettingChange.Between(found.Checkpoint, run.Optimizer, run.Settings), options)
                       from same in RequireVocabulary(found, run)
                       from fits in RequireSizes(found, run)
                       from left in RequireSteps(found, run)
                       from reports in run.Ranks.Share(
                           run.IsFirst ? ReportsUpTo(folder, found.Checkpoint) : ImmutableArray<StepReport>.Empty)
                       select Resume(run, folder, found, reports);
            });
        }

        if (options.Resume) Say($"resuming    '{folder.Path}' has no checkpoint yet; the run starts anew");
        if (has && !options.Overwrite)
        {
            return Error.New(
                $"the output folder '{folder.Path}' has the checkpoints of a run; --resume continues it, --overwrite "
                + "removes them and starts anew, --out FOLDER takes another folder");
        }

        return folder.TryRemoveAll()
            .Map(_ => new TrainingSession(run, folder, run.Start(), []));
    }

    private static Fin<Unit> Allow(ImmutableArray<SettingChange> changes, RunOptions options)
    {
        SettingChange[] refused = [.. changes.Where(change => !options.AllowedChanges.Contains(change.Name))];
        foreach (SettingChange allowed in changes.Except(refused)) Say($"changed     {allowed}");
        return refused.Length == 0
            ? Unit.Default
            : Error.New(
                $"the run in '{options.OutputFolder}' has other settings: "
                + $"{string.Join("; ", refused.Select(each => each))}; to go on with these: "
                + string.Join(' ', refused.Select(each => $"--allow-change {each.Name}")));
    }

    /// <summary>An allowed change is one of a setting.</summary>
    private static Fin<Unit> RequireKnown(TrainingRun run)
    {
        string[] known = [.. run.Settings.Keys, SettingChange.Optimizer];
        string[] unknown = [.. run.Options.AllowedChanges.Except(known).Order(StringComparer.Ordinal)];
        return unknown.Length == 0
            ? Unit.Default
            : Error.New(
                $"--allow-change names {string.Join(", ", unknown)}; allowed are {string.Join(", ", known)}");
    }

    /// <summary>A run that has made more steps than are asked for cannot give them back.</summary>
    private static Fin<Unit> RequireSteps(FoundCheckpoint<float> found, TrainingRun run) =>
        found.Checkpoint.Step <= run.Options.Preset.Steps
            ? Unit.Default
            : Error.New(
                $"'{found.Path}' has made {found.Checkpoint.Step} steps; --steps is {run.Options.Preset.Steps}, and "
                + $"allowed is {found.Checkpoint.Step} or more");

    private static TrainingSession Resume(
        TrainingRun run, CheckpointFolder folder, FoundCheckpoint<float> found, ImmutableArray<StepReport> before)
    {
        Say($"resuming    from step {found.Checkpoint.Step} of {run.Options.Preset.Steps}: {found.Path}");
        return new(run, folder, run.Remember(found.Checkpoint), before);
    }

    /// <summary>The rows of the embedding mean the tokens of one vocabulary.</summary>
    private static Fin<Unit> RequireVocabulary(FoundCheckpoint<float> found, TrainingRun run) =>
        found.Checkpoint.Memory.GetValueOrDefault(SavedRun.Vocabulary) == run.Text.Tokenizer.Vocabulary
            ? Unit.Default
            : Error.New(
                $"'{found.Path}' has learnt another vocabulary than that of the text '{run.Text.Corpus.Source}'; a run "
                + "is continued with a text of the same one");

    /// <summary>Allowing a change of the sizes of the model does not make its parameters fit.</summary>
    private static Fin<Unit> RequireSizes(FoundCheckpoint<float> found, TrainingRun run) =>
        found.Checkpoint.State.Parameters.Layout.Equals(run.Model.Layout)
            ? Unit.Default
            : Error.New($"'{found.Path}' has a model of other sizes; layers, width, context and biases cannot change");

    /// <summary>The reports before a resume; metrics that cannot be read would be replaced at its end.</summary>
    private static Fin<ImmutableArray<StepReport>> ReportsUpTo(CheckpointFolder folder, Checkpoint<float> checkpoint)
    {
        string path = Path.Combine(folder.Path, RunFiles.Metrics);
        if (!File.Exists(path)) return ImmutableArray<StepReport>.Empty;
        return MetricsFile.Read(path).Match(
            Succ: reports => Fin<ImmutableArray<StepReport>>.Succ(
                [.. reports.Where(report => report.Step <= checkpoint.Step)]),
            Fail: error => Error.New($"{error.Message} Without this file the run goes on with new metrics."));
    }

    private async Task<int> Train(CancellationToken cancellation)
    {
        Describe();
        using MetricsSinks sinks =
            run.IsFirst ? MetricsSinks.Open(folder.Path, start.Step, Tell) : MetricsSinks.None;
        ImmutableArray<TrainHook> hooks =
        [
            Checkpoints.Every(run.Options.CheckpointEvery, folder, run.Options.Keep),
            KeepBest.OnValidation(folder),
            .. run.Options.EarlyStop > 0 ? [EarlyStop.OnValidation(run.Options.EarlyStop)] : (TrainHook[])[],
            RecordLeafNorms.Every(Math.Max(run.Options.Preset.Steps / LeafNormsInRun, 1), sinks.LeafNorms),
        ];
        try
        {
            Task<TrainResult<float>> Training(IProgress<StepReport> progress) =>
                run.Train(start, hooks, sinks.With(progress), Tell, cancellation);

            TrainResult<float> result = Console.IsOutputRedirected
                ? await Training(new PlainProgress(Console.Out))
                : await LiveProgress.Show(run.Options.Preset.Steps, Training);
            ParameterTree<float> trained = run.Whole(result.EvaluationParameters);
            if (!run.IsFirst) return CodeOf(result, cancellation);
            // The trained parameters are written before anything else is done with them.
            int written = Write(trained, result.History);
            if (result.Reason != StopReason.NonFinite && !IsSaved(result.State.Step)) written = ExitCode.Failure;
            int told = Tell(result, trained, cancellation);
            return written == ExitCode.Success ? told : written;
        }
        catch (TrainingException<float> stopped) when (run.Ranks.Count == 1)
        {
            (ParameterTree<float> last, OptimizerState<float> state) =
                (stopped.State.Parameters, stopped.State.Optimizer);
            Write(run.Optimizer.EvaluationParameters(last, state), stopped.History);
            return Refuse(stopped.Message, ExitCode.Failure);
        }
    }

    private void Describe()
    {
        (Preset preset, TokenizedText text) = (run.Options.Preset, run.Text);
        Say($"text        {text.Corpus.Source}: {text.Training.Length:N0} {text.Tokenizer.Unit} and ",
            $"{text.Validation.Length:N0} held out, {text.Tokenizer.VocabularySize} different");
        Say($"model       {preset.Name}: {run.Model.Layout.ParameterCount:N0} parameters, {preset.Layers} layers, ",
            $"{preset.Heads} heads, width {preset.Width}, context {preset.Context}");
        Say($"training    {preset.Steps} steps of {preset.BatchSize} × {preset.Context} {text.Tokenizer.Unit}, seed ",
            $"{run.Options.Seed}: {run.Optimizer}");
        if (run.Shard is { Ranks.Count: var processes })
        {
            Say($"parts       {run.Options.MicroBatches} micro-batches a step, ",
                $"{run.Options.MicroBatches / processes} of each of {processes} processes");
        }

        Say($"{run.Optimizer.Report(run.Model.Layout)}\n");
        if (run.LearnsNothing)
        {
            Tell(run.KnownSteps == preset.Steps
                ? "the learning rate is 0 at every step: nothing will be learnt"
                : $"the learning rate is 0 at each of the first {run.KnownSteps} steps: nothing will be learnt there");
        }
    }

    private bool IsSaved(long step) => CheckpointFolder.Find(folder.Path)
        .Bind(CheckpointFile.Describe)
        .Match(Succ: file => file.State?.Step == step, Fail: _ => false);

    private int Write(ParameterTree<float> parameters, IReadOnlyList<StepReport> history)
    {
        int code = ExitCode.Success;
        foreach (Fin<string> file in RunFiles.Write(folder.Path, run, parameters, [.. before, .. history]))
        {
            file.Match(
                Succ: path => Say($"written     {path}"),
                Fail: error => code = Refuse(error.Message, ExitCode.Failure));
        }

        return code;
    }

    private static int CodeOf(TrainResult<float> result, CancellationToken cancellation) =>
        result.Failure is not null ? ExitCode.Failure
        : cancellation.IsCancellationRequested || result.Reason == StopReason.Cancelled ? ExitCode.Interrupted
        : ExitCode.Success;

    private int Tell(TrainResult<float> result, ParameterTree<float> trained, CancellationToken cancellation)
    {
        RunSummary summary = RunSummary.Of(run, result);
        if (result.History.Count == 0)
        {
            Say($"\nfinished    all {summary.Steps} steps were made before");
        }
        else
        {
            Say($"\nloss        {summary.TrainLoss:0.0000} after {summary.Steps} steps");
            if (summary.ValidationLoss is { } validation) Say($"validation  {validation:0.0000} on the held-out text");
            Say($"speed       {summary.MillisecondsPerStep:0.0} ms a step, ",
                $"{summary.OptimizerMillisecondsPerStep:0.00} ms of it the optimizer; ",
                $"{summary.TokensPerSecond:N0} tokens/s");
        }

        if (result.Stopped.Length > 0) Say($"stopped     {result.Stopped}");
        string norms = Path.Combine(folder.Path, RunFiles.LeafNorms);
        foreach (Finding finding in Diagnosis.Of(
            [.. before, .. result.History], File.Exists(norms) ? LeafNormsFile.Read(norms).IfFail([]) : []))
            Say($"\nfound       {finding}");
        if (result.Reason is StopReason.Completed or StopReason.Stopped) Write(trained, cancellation);
        if (run.Options.Json) Console.Out.WriteLine(summary.ToJson());
        if (result.Failure is { } failure) Tell($"training diverged: {failure.Message}");
        return CodeOf(result, cancellation);
    }

    private void Write(ParameterTree<float> trained, CancellationToken cancellation)
    {
        Tokenizer tokenizer = run.Text.Tokenizer;
        Writer.Write(
                run.Model, trained, tokenizer, tokenizer.Decode(run.Text.Validation.Span[..1]),
                ParagraphLength, Sampling.Default, run.Options.Seed, cancellation: cancellation)
            .Match(Succ: text => Say($"\n{text}"), Fail: error => Tell(error.Message));
    }

    private static void Tell(string line) => Console.Error.WriteErrorLine(line);

    private static int Refuse(string error, int code)
    {
        Tell(error);
        return code;
    }

    private static void Say(params FormattableString[] parts) =>
        Console.Out.WriteLine(string.Concat(parts.Select(FormattableString.Invariant)));
}
