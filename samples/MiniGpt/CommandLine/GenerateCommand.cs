using System.CommandLine;
using CommandLine;
using Functional.Optim;
using LanguageModel;

namespace MiniGpt;

/// <summary>The command <c>generate</c>: a trained model writes a text.</summary>
public sealed class GenerateCommand
{
    private const int DefaultLength = 500, MaxLength = 1_000_000_000;
    private const ulong DefaultSeed = 1337;

    private readonly Argument<string> path = CheckedArgument.Path(
        "DIR|FILE", "Folder of a run, whose newest good checkpoint is taken, or a checkpoint");
    private readonly Option<bool> best = new("--best") { Description = "Take the best checkpoint of the folder" };
    private readonly Option<string?> prompt = CheckedOption.Text("--prompt", "TEXT",
        "What the text begins with [default: the start of a line]", "a text", static _ => true);
    private readonly Option<double?> temperature = CheckedOption.Number<double>("--temperature",
        $"Lower favours likely tokens; 0 takes the most likely [default: {Sampling.Default.Temperature}]",
        "a finite number from 0", static value => double.IsFinite(value) && value >= 0);
    private readonly Option<int?> topK = CheckedOption.Number<int>("--top-k",
        "Number of most likely tokens to draw from; 0 is all [default: 0]", "an integer from 0",
        static value => value >= 0);
    private readonly Option<int?> length = CheckedOption.Number<int>("--length",
        $"Number of tokens after the prompt [default: {DefaultLength}]", $"an integer from 0 to {MaxLength}",
        static value => value is >= 0 and <= MaxLength);
    private readonly Option<ulong?> seed = CheckedOption.Number<ulong>("--seed",
        $"Seed; the same seed writes the same text [default: {DefaultSeed}]",
        $"an integer from 0 to {ulong.MaxValue}", static _ => true);

    private GenerateCommand()
    {
    }

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        GenerateCommand of = new();
        Command command = new("generate", "Writes a text with a trained model")
        {
            of.path, of.prompt, of.temperature, of.topK, of.length, of.seed, of.best, CommandHelp.Option(),
        };
        command.SetAction((parsed, cancellation) => Task.FromResult(of.Run(parsed, cancellation)));
        return command;
    }

    private int Run(ParseResult parsed, CancellationToken cancellation)
    {
        (TextWriter output, TextWriter error) =
            (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
        Sampling sampling = Sampling.Of(
            parsed.GetValue(temperature) ?? Sampling.Default.Temperature,
            parsed.GetValue(topK) ?? Sampling.Default.TopK).OrThrow(nameof(Sampling));
        TrainedModel trained = TrainedModel.Load(parsed.GetRequiredValue(path), parsed.GetValue(best)).ThrowIfFail();
        foreach (string refused in trained.Refused) error.WriteErrorLine(refused);

        string pending = parsed.GetValue(prompt) ?? "";
        // Nobody reads what follows a failure of the output, such as a pipe that was closed.
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        LanguageExt.Fin<string> written = Writer.Write(
            trained.Model, trained.Parameters, trained.Tokenizer, pending,
            parsed.GetValue(length) ?? DefaultLength, sampling, parsed.GetValue(seed) ?? DefaultSeed, Tell, stop.Token);
        if (written.IsSucc) Tell("\n");
        written.ThrowIfFail();
        return cancellation.IsCancellationRequested ? ExitCode.Interrupted : ExitCode.Success;

        void Tell(string piece)
        {
            output.Write(pending + piece);
            output.Flush();
            pending = "";
            if (output is SteadyWriter { Failure: not null }) stop.Cancel();
        }
    }
}
