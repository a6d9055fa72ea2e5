using CommandLine;
using Functional.Optim;
using Functional.Optim.Training;
using LanguageExt;
using LanguageModel;
using MiniGpt;

const int ParagraphLength = 500;

return await SteadyWriter.Run((output, error) => new RunCommand(Run, output, error).InvokeAsync(args));

static Task<int> Run(RunOptions options, CancellationToken cancellation) =>
    (from text in TokenizedText.Read(options.TextFile, options.Preset.Tokens, options.Preset.Context)
     let run = new TrainingRun(options, text)
     from folder in OutputFolder.Prepare(options.OutputFolder)
     select (run, folder))
    .Match(
        Succ: ready => Train(ready.run, ready.folder, cancellation),
        Fail: error => Task.FromResult(Refuse(error.Message, ExitCode.WrongUse)));

static async Task<int> Train(TrainingRun run, DirectoryInfo folder, CancellationToken cancellation)
{
    (Preset preset, TokenizedText text) = (run.Options.Preset, run.Text);
    Say($"text        {text.Corpus.Source}: {text.Training.Length:N0} {text.Tokenizer.Unit} and ",
        $"{text.Validation.Length:N0} held out, {text.Tokenizer.VocabularySize} different");
    Say($"model       {preset.Name}: {run.Model.Layout.ParameterCount:N0} parameters, {preset.Layers} layers, ",
        $"{preset.Heads} heads, width {preset.Width}, context {preset.Context}");
    Say($"training    {preset.Steps} steps of {preset.BatchSize} × {preset.Context} {text.Tokenizer.Unit}, seed ",
        $"{run.Options.Seed}: {run.Optimizer}");
    Say($"{run.Optimizer.Report(run.Model.Layout)}\n");
    if (run.LearnsNothing)
    {
        Console.Error.WriteErrorLine(run.KnownSteps == preset.Steps
            ? "the learning rate is 0 at every step: nothing will be learnt"
            : $"the learning rate is 0 at each of the first {run.KnownSteps} steps: nothing will be learnt in them");
    }

    try
    {
        TrainResult<float> result = Console.IsOutputRedirected
            ? await run.Train(new PlainProgress(Console.Out), cancellation)
            : await LiveProgress.Show(run, cancellation);
        // The trained parameters are written before anything else is done with them.
        int written = Write(folder, run, result.EvaluationParameters, result.History);
        int told = Tell(run, result, cancellation);
        return written == ExitCode.Success ? told : written;
    }
    catch (TrainingException<float> stopped)
    {
        (ParameterTree<float> last, OptimizerState<float> state) = (stopped.State.Parameters, stopped.State.Optimizer);
        Write(folder, run, run.Optimizer.EvaluationParameters(last, state), stopped.History);
        return Refuse(stopped.Message, ExitCode.Failure);
    }
}

static int Write(
    DirectoryInfo folder, TrainingRun run, ParameterTree<float> parameters, IReadOnlyList<StepReport> history)
{
    int code = ExitCode.Success;
    foreach (Fin<string> file in RunFiles.Write(folder, run, parameters, history))
    {
        file.Match(
            Succ: path => Say($"written     {path}"),
            Fail: error => code = Refuse(error.Message, ExitCode.Failure));
    }

    return code;
}

static int Tell(TrainingRun run, TrainResult<float> result, CancellationToken cancellation)
{
    RunSummary summary = RunSummary.Of(run, result);
    Say($"\nloss        {summary.TrainLoss:0.0000} after {summary.Steps} steps");
    if (summary.ValidationLoss is { } validation) Say($"validation  {validation:0.0000} on the held-out text");
    Say($"speed       {summary.MillisecondsPerStep:0.0} ms a step, {summary.OptimizerMillisecondsPerStep:0.00} ms of ",
        $"it the optimizer; {summary.TokensPerSecond:N0} tokens/s");
    if (result.Reason == StopReason.Completed)
    {
        Tokenizer tokenizer = run.Text.Tokenizer;
        Fin<string> paragraph = Writer.Write(
            run.Model, result.EvaluationParameters, tokenizer, tokenizer.Decode(run.Text.Validation.Span[..1]),
            ParagraphLength, Sampling.Default, run.Options.Seed, cancellation: cancellation);
        paragraph.Match(
            Succ: text => Say($"\n{text}"), Fail: error => Console.Error.WriteErrorLine(error.Message));
    }

    if (run.Options.Json) Console.Out.WriteLine(summary.ToJson());
    return result.Failure is { } failure ? Refuse($"training diverged: {failure.Message}", ExitCode.Failure)
        : cancellation.IsCancellationRequested ? ExitCode.Interrupted
        : ExitCode.Success;
}

static int Refuse(string error, int code)
{
    Console.Error.WriteErrorLine(error);
    return code;
}

static void Say(params FormattableString[] parts) =>
    Console.Out.WriteLine(string.Concat(parts.Select(FormattableString.Invariant)));
