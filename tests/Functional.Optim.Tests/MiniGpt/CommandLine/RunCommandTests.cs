using System.CommandLine;
using System.Text.RegularExpressions;
using Functional.Optim.Tests.Cultures;
using MiniGpt;

namespace Functional.Optim.Tests.MiniGpt.CommandLine;

public sealed class RunCommandTests
{
    private const string Optimizers = "momentum, sgd, adam, adamW, nAdam, rAdam, adamax, adagrad, adadelta, rmsProp, asgd, rprop, lion, lamb, lars, "
        + "adaBelief, yogi, adafactor, novoGrad, scheduleFree, muon, or NAME(option=value, …)";

    private const string Schedules = "linear, cosine, polynomial, exponential, constant, linearWarmup, warmupCosine, warmupPolynomial, "
        + "warmupExponential, stepDecay, multiStepDecay, constantFactor, linearFactor, exponentialDecay, cosineRestarts, oneCycle, cyclic, "
        + "inverseSquareRoot, warmupStableDecay, or NAME(option=value, …)";

    private const string Count = "a whole number from 1 to 1000000000", Real = "a finite number from 0", Tensor = "up to 2147483647, the elements of a tensor";

    [Fact]
    public async Task Without_options_the_nano_preset_is_trained()
    {
        RunOptions expected = new(Preset.All[0], null, "minigpt-run", 1337, Environment.ProcessorCount, EvaluateEvery: 100, Json: false);
        Assert.Equal(expected, await Parse());
    }

    [Fact]
    public async Task Options_change_what_the_preset_sets()
    {
        RunOptions options = await Parse(
            "--text", "-", "--preset", "small", "--steps", "500", "--seed", "18446744073709551615", "--optimizer", "momentum",
            "--learning-rate", "1e9", "--schedule", "exponential", "--warmup", "499", "--weight-decay", "0.5",
            "--batch", "2", "--context", "16", "--layers", "1", "--heads", "3", "--width", "12", "--biases", "no", "--dropout", "0.25", "--clip", "0",
            "--eval-every", "7", "--out", "o", "--threads", "2", "--json");
        Preset small = Preset.All.Single(preset => preset.Name == "small");
        Assert.Equal(
            new RunOptions(
                small with
                {
                    Steps = 500, Optimizer = "momentum", LearningRate = 1e9, Schedule = "exponential", WarmupSteps = 499, WeightDecay = 0.5,
                    BatchSize = 2, Context = 16, Layers = 1, Heads = 3, Width = 12, Biases = false, Dropout = 0.25, Clip = 0,
                },
                "-", "o", ulong.MaxValue, 2, 7, Json: true),
            options);
    }

    [Theory]
    [InlineData(150, 100)]
    [InlineData(100, 5)]
    [InlineData(1, 0)]
    public async Task The_presets_warm_up_shrinks_where_the_steps_leave_no_room(int steps, int warmup) =>
        Assert.Equal(warmup, (await Parse("--steps", $"{steps}")).Preset.WarmupSteps);

    [Theory]
    [InlineData("--steps 0", "--steps is 0; allowed is " + Count)]
    [InlineData("--steps -5", "--steps is -5; allowed is " + Count)]
    [InlineData("--steps 2.5", "--steps is 2.5; allowed is " + Count)]
    [InlineData("--steps many", "--steps is many; allowed is " + Count)]
    [InlineData("--steps 99999999999", "--steps is 99999999999; allowed is " + Count)]
    [InlineData("--steps", "--steps has no value; allowed is " + Count)]
    [InlineData("--steps 5 --steps", "--steps has no value; allowed is " + Count)]
    [InlineData("--optimizer lion --optimizer", "--optimizer has no value; allowed is " + Optimizers)]
    [InlineData("--out a --out", "--out has no value; allowed is the path of a folder")]
    [InlineData("--steps a\nb\rc", "--steps is a b c; allowed is " + Count)]
    [InlineData("--preset a\u2028b", "--preset is a b; allowed is nano, tiny, small or medium")]
    [InlineData("--eval-every 0", "--eval-every is 0; allowed is " + Count)]
    [InlineData("--learning-rate -1e-3", "--learning-rate is -1e-3; allowed is " + Real)]
    [InlineData("--learning-rate NaN", "--learning-rate is NaN; allowed is " + Real)]
    [InlineData("--learning-rate Infinity", "--learning-rate is Infinity; allowed is " + Real)]
    [InlineData("--learning-rate 0,001", "--learning-rate is 0,001; allowed is " + Real)]
    [InlineData("--weight-decay -1", "--weight-decay is -1; allowed is " + Real)]
    [InlineData("--clip NaN", "--clip is NaN; allowed is " + Real)]
    [InlineData("--dropout 1", "--dropout is 1; allowed is a number from 0, below 1")]
    [InlineData("--seed -1", "--seed is -1; allowed is a whole number from 0 to 18446744073709551615")]
    [InlineData("--threads 0", "--threads is 0; allowed is a whole number from 1 to 1024")]
    [InlineData("--batch 0", "--batch is 0; allowed is a whole number from 1 to 65536")]
    [InlineData("--preset huge", "--preset is huge; allowed is nano, tiny, small or medium")]
    [InlineData("--optimizer sofia", "--optimizer is sofia; allowed is " + Optimizers)]
    [InlineData("--optimizer lbfgs", "--optimizer is lbfgs; allowed is " + Optimizers)]
    [InlineData("--optimizer lion(beta1=0.5", "--optimizer: 'lion(beta1=0.5' is not written as name or name(option=value, …)")]
    [InlineData("--optimizer=", "--optimizer has no value; allowed is " + Optimizers)]
    [InlineData("--schedule step", "--schedule is step; allowed is " + Schedules)]
    [InlineData("--optimizer lion(beta1=1,betas=0.9) --schedule stepDecay --steps 9",
        "--optimizer lion: beta1 is 1; allowed is a number or a schedule, in [0, 1)",
        "--optimizer lion: betas is no option of lion; allowed is learningRate, beta1, beta2, weightDecay, decay, maximize",
        "--schedule stepDecay: every is not given; allowed is a whole number, 1 or more")]
    [InlineData("--schedule cosine(floor=1)", "--schedule cosine: floor is 1; allowed is from 0 to the peak")]
    [InlineData("--schedule stairs --optimizer sofia",
        "--optimizer is sofia; allowed is " + Optimizers, "--schedule is stairs; allowed is " + Schedules)]
    [InlineData("--heads 3", "--heads is 3; allowed is a divisor of --width, which is 128")]
    [InlineData("--steps 50 --warmup 50", "--warmup is 50; allowed is a whole number from 0, below the 50 of --steps")]
    [InlineData("--text=", "--text has no value; allowed is the path of a file")]
    [InlineData("text.txt --stpes 3", "'text.txt --stpes 3' is not understood; --help lists the options")]
    [InlineData("@text.txt", "'@text.txt' is not understood; --help lists the options")]
    [InlineData("--width 130 --steps 9 --warmup 9", "--warmup is 9; allowed is a whole number from 0, below the 9 of --steps",
        "--heads is 4; allowed is a divisor of --width, which is 130")]
    [InlineData("--batch 65536 --context 65536", "4 × --batch × --context × --width is 2199023255552; allowed is " + Tensor,
        "--batch × --heads × --context² is 1125899906842624; allowed is " + Tensor)]
    [InlineData("--context 65536", "--batch × --heads × --context² is 206158430208; allowed is " + Tensor)]
    [InlineData("--width 65536 --batch 1 --context 1",
        "--width is 65536; allowed is what makes, with --layers and --context, at most 2,000,000,000 parameters")]
    [InlineData("--layers 1024 --heads 65536 --width 65536 --context 65536 --batch 65536",
        "--width is 65536; allowed is what makes, with --layers and --context, at most 2,000,000,000 parameters",
        "4 × --batch × --context × --width is 1125899906842624; allowed is " + Tensor,
        "--batch × --heads × --context² is 18446744073709551616; allowed is " + Tensor)]
    [InlineData("--layers 1025", "--layers is 1025; allowed is a whole number from 1 to 1024")]
    [InlineData("--learning-rate 0 --schedule stepDecay(every=0)", "--schedule stepDecay: every is 0; allowed is a whole number, 1 or more")]
    [InlineData("--steps 0 --preset x", "--preset is x; allowed is nano, tiny, small or medium", "--steps is 0; allowed is " + Count)]
    public async Task Wrong_use_ends_with_2_and_a_line_for_each_fault(string line, params string[] errors)
    {
        (int code, string output, string error) = await Invoke(MustNotRun, line.Split(' '));
        Assert.Equal(RunCommand.WrongUse, code);
        Assert.Equal("", output);
        Assert.Equal(errors, error.TrimEnd().ReplaceLineEndings("\n").Split('\n'));
    }

    [Fact]
    public async Task Numbers_are_read_the_same_in_every_culture()
    {
        using DecimalComma culture = new();
        Assert.Equal(0.125, (await Parse("--learning-rate", "0.125")).Preset.LearningRate);
        (_, _, string error) = await Invoke(MustNotRun, "--optimizer", "lion(beta1=1.5)");
        Assert.Equal("--optimizer lion: beta1 is 1.5; allowed is a number or a schedule, in [0, 1)", error);
        (_, string help, _) = await Invoke(MustNotRun, "--help");
        Assert.Contains("[default: nano 0.001, tiny 0.0005, ", help, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_explains_every_option_with_its_names_and_defaults()
    {
        (int code, string output, string error) = await Invoke(MustNotRun, "--help");
        Assert.Equal((RunCommand.Success, ""), (code, error));
        using StringWriter nowhere = new();
        Option[] options = [.. new RunCommand(MustNotRun, nowhere, nowhere).Options];
        Assert.Equal(21, options.Length);
        Assert.All(options, option => Assert.Contains($"  {option.Name}{(option.HelpName is { } value ? $" <{value}>" : "")}  ", output, StringComparison.Ordinal));
        Assert.All(options, option => Assert.False(string.IsNullOrWhiteSpace(option.Description), option.Name));

        foreach (string name in Preset.All.Select(preset => preset.Name)) Assert.Contains(name, output, StringComparison.Ordinal);
        Assert.Contains("[default: nano 2000, tiny 50000, small 100000, medium 200000]", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_lists_the_options_of_every_optimizer_and_schedule_with_ranges_and_defaults()
    {
        (_, string output, _) = await Invoke(MustNotRun, "--help");
        string words = string.Join(' ', output.Split((char[])[' ', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries));
        AssertListed(OptimizerChoice.Known, Catalogue.Optimizers.Length);
        AssertListed(ScheduleChoice.Known, Catalogue.Schedules.Length - 2);
        Assert.All(output.Split('\n').SkipWhile(line => !line.StartsWith("Optimizers:", StringComparison.Ordinal)), line => Assert.InRange(line.Length, 0, 121));

        void AssertListed<T>(CatalogueChoice<T> choice, int count)
        {
            Assert.Equal(count, choice.Entries.Length);
            foreach (CatalogueEntry<T> entry in choice.Entries)
            {
                Assert.Contains($" {entry.Name} {entry.Description} {string.Join(", ", entry.Options)} ", words, StringComparison.Ordinal);
                foreach (CatalogueOption option in entry.Options)
                    Assert.Matches($@" {option.Name} {Regex.Escape(option.Description)}( \([^:]*\b{entry.Name}\b[^:]*\))?: {Regex.Escape($"{option.Type}, {option.Allowed}")}", words);
            }
        }
    }

    [Fact]
    public async Task What_a_run_throws_becomes_a_line_and_what_it_returns_the_exit_code()
    {
        Assert.Equal((RunCommand.Failure, "", "failed: out of luck"), await Invoke((_, _) => throw new IOException("out of\nluck")));
        Assert.Equal((RunCommand.Interrupted, "", ""), await Invoke((_, _) => throw new OperationCanceledException()));
        Assert.Equal((3, "", ""), await Invoke((_, _) => Task.FromResult(3)));
    }

    private static Task<int> MustNotRun(RunOptions options, CancellationToken cancellation) =>
        throw new InvalidOperationException("it must not run");

    private static async Task<RunOptions> Parse(params string[] arguments)
    {
        RunOptions? parsed = null;
        (int code, _, string error) = await Invoke((options, _) => Task.FromResult((parsed = options) is null ? 1 : 0), arguments);
        Assert.Equal((RunCommand.Success, ""), (code, error));
        return parsed!;
    }

    private static async Task<(int Code, string Output, string Error)> Invoke(
        Func<RunOptions, CancellationToken, Task<int>> run, params string[] arguments)
    {
        using StringWriter output = new(), error = new();
        int code = await new RunCommand(run, output, error).InvokeAsync(arguments);
        return (code, output.ToString(), error.ToString().TrimEnd());
    }
}
