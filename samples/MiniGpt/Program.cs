using System.Globalization;
using Functional.Optim.Training;
using LanguageExt;
using MiniGpt;

const int ParagraphLength = 500;

return await new RunCommand(Run, Console.Out, Console.Error).InvokeAsync(args);

static Task<int> Run(RunOptions options, CancellationToken cancellation) =>
    (from text in TokenizedText.Read(options.TextFile, options.Preset.Context)
     from folder in OutputFolder.Prepare(options.OutputFolder)
     select (text, folder))
    .Match(
        Succ: ready => Train(new TrainingRun(options, ready.text), ready.folder, cancellation),
        Fail: fault => Task.FromResult(Refuse(fault.Message, RunCommand.WrongUse)));

static async Task<int> Train(TrainingRun run, DirectoryInfo folder, CancellationToken cancellation)
{
    (Preset preset, TokenizedText text) = (run.Options.Preset, run.Text);
    Say($"text        {text.Corpus.Source}: {text.Training.Length:N0} characters and {text.Validation.Length:N0} held out, {text.Tokenizer.Vocabulary.Length} different");
    Say($"model       {preset.Name}: {run.Model.Layout.ParameterCount:N0} parameters, {preset.Layers} layers, {preset.Heads} heads, width {preset.Width}, context {preset.Context}");
    Say($"training    {preset.Steps} steps of {preset.BatchSize} × {preset.Context} characters, seed {run.Options.Seed}: {run.Optimizer}");
    Say($"{run.Optimizer.Report(run.Model.Layout)}\n");

    TrainResult<float> result = Console.IsOutputRedirected
        ? await run.Train(new PlainProgress(Console.Out), cancellation)
        : await LiveProgress.Show(run, cancellation);
    RunSummary summary = RunSummary.Of(run, result);
    Say($"\nloss        {summary.TrainLoss:0.0000} after {summary.Steps} steps");
    if (summary.ValidationLoss is { } validation) Say($"validation  {validation:0.0000} on the held-out text");
    Say($"speed       {summary.MillisecondsPerStep:0.0} ms a step, {summary.OptimizerMillisecondsPerStep:0.00} ms of it the optimizer; {summary.TokensPerSecond:N0} tokens/s");
    if (result.Reason == StopReason.Completed)
    {
        Say($"\n{Writer.Write(run.Model, result.State.Parameters, text.Tokenizer, preset.Context, text.Validation[0], ParagraphLength, run.Options.Seed, cancellation)}");
    }

    int code = RunFiles.Write(folder, run, result).Match(
        Succ: files =>
        {
            Say($"\nfiles       {string.Join("\n            ", files)}");
            return CodeOf(result, cancellation);
        },
        Fail: fault => Refuse(fault.Message, RunCommand.Failure));
    if (run.Options.Json) Console.Out.WriteLine(summary.ToJson());
    return code;
}

static int CodeOf(TrainResult<float> result, CancellationToken cancellation) =>
    result.Failure is { } failure ? Refuse($"training diverged: {failure.Message}", RunCommand.Failure)
    : cancellation.IsCancellationRequested ? RunCommand.Interrupted
    : RunCommand.Success;

static int Refuse(string fault, int code)
{
    Console.Error.WriteLine(fault);
    return code;
}

static void Say(FormattableString line) => Console.Out.WriteLine(line.ToString(CultureInfo.InvariantCulture));
