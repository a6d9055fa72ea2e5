using System.CommandLine;
using System.Text.RegularExpressions;
using CommandLine;
using Functional.Optim.Tests.Cultures;
using Functional.Optim.Training;
using LanguageModel;
using MiniGpt;

namespace Functional.Optim.Samples.Tests.MiniGpt.CommandLine;

public sealed class RunCommandTests
{
    private const string Optimizers = "momentum, sgd, adam, adamW, adamC, nAdam, nAdamW, rAdam, adamax, adagrad, "
        + "adadelta, rmsProp, "
        + "asgd, rprop, adaBelief, yogi, laProp, adopt, adEmaMix, mars, adan, sophiaG, stableAdamW, lion, "
        + "signum, lamb, lars, novoGrad, fromage, adafactor, came, sm3, muon, norMuon, soap, scheduleFree, "
        + "prodigy, dAdaptAdam, dAdaptLion, dAdaptSgd, or NAME(option=value, …)";

    private const string Schedules = "linear, cosine, polynomial, exponential, constant, linearWarmup, "
        + "warmupCosine, cosineHardRestarts, warmupPolynomial, warmupExponential, warmupRex, stepDecay, "
        + "multiStepDecay, constantFactor, linearFactor, exponentialDecay, exponentialRise, cosineRestarts, "
        + "polynomialRestarts, oneCycle, cyclic, inverseSquareRoot, warmupStableDecay, or NAME(option=value, …)";

    private const string Count = "an integer from 1 to 1000000000", Real = "a finite number from 0",
        Tensor = "up to 2147483647, the elements of a tensor";

    [Fact]
    public async Task Without_options_the_nano_preset_is_trained()
    {
        RunOptions expected = new(
            Preset.All[0], null, "minigpt-run", 1337, Environment.ProcessorCount, EvaluateEvery: 100, Json: false);
        Assert.Equal(expected, await Parse());
    }

    [Fact]
    public async Task Options_change_what_the_preset_sets()
    {
        RunOptions options = await Parse(
            "--text", "-", "--preset", "small", "--steps", "500", "--seed", "18446744073709551615",
            "--optimizer", "momentum",
            "--learning-rate", "1e9", "--schedule", "exponential", "--warmup", "499", "--weight-decay", "0.5",
            "--batch", "2", "--context", "16", "--layers", "1", "--heads", "3", "--width", "12", "--biases", "no",
            "--dropout", "0.25", "--clip", "0", "--eval-every", "7", "--out", "o", "--threads", "2", "--json");
        Preset small = Preset.All.Single(preset => preset.Name == "small");
        Assert.Equal(
            new RunOptions(
                small with
                {
                    Steps = 500, Optimizer = "momentum", LearningRate = 1e9, Schedule = "exponential",
                    WarmupSteps = 499, WeightDecay = 0.5,
                    BatchSize = 2, Context = 16, Layers = 1, Heads = 3, Width = 12, Biases = false,
                    Dropout = 0.25, Clip = 0,
                },
                "-", "o", ulong.MaxValue, 2, 7, Json: true)
            {
                CheckpointEvery = 25,
            },
            options);
    }

    [Fact]
    public async Task Options_say_how_a_run_survives_and_what_it_averages()
    {
        RunOptions options = await Parse(
            "--accumulate", "4", "--average", "ema(0.9)", "--early-stop", "5", "--on-non-finite", "skip",
            "--checkpoint-every", "7", "--keep", "2", "--resume", "--allow-change", "steps", "--allow-change", "--seed",
            "--find-rate", "--overwrite", "--out", "nowhere", "--tokens", "gpt2:1000");
        Assert.Equal((4, "ema(0.9)", 5), (options.Accumulate, options.Average, options.EarlyStop));
        Assert.Equal((NonFinitePolicy.Skip, 7, 2), (options.OnNonFinite, options.CheckpointEvery, options.Keep));
        Assert.True(options.Resume && options.FindRate && options.Overwrite);
        Assert.Equal(["seed", "steps"], options.AllowedChanges.Order(StringComparer.Ordinal));
        Assert.Equal("gpt2:1000", options.Preset.Tokens);
    }

    [Theory]
    [InlineData("muon", 0.02, 1e-3, "cosine")]
    [InlineData("MUON(momentum=0.9)", 0.02, 1e-3, "cosine")]
    [InlineData("scheduleFree(base=adamW)", 1e-3, null, "linear")]
    [InlineData("lion", 1e-3, null, "cosine")]
    public async Task An_optimizer_has_the_rate_and_the_schedule_that_it_wants_unless_they_are_given(
        string optimizer, double rate, double? adamRate, string schedule)
    {
        Preset wanted = (await Parse("--optimizer", optimizer)).Preset;
        Assert.Equal((rate, adamRate, schedule), (wanted.LearningRate, wanted.AdamRate, wanted.Schedule));
        Preset given = (await Parse(
            "--optimizer", optimizer, "--learning-rate", "0.5", "--adam-rate", "0.25", "--schedule", "oneCycle"))
            .Preset;
        Assert.Equal((0.5, 0.25, "oneCycle"), (given.LearningRate, given.AdamRate, given.Schedule));
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
    [InlineData("--average mean", "--average is mean; allowed is none, ema, ema(DECAY) or swa(START)")]
    [InlineData("--average ema(2)", "--average ema(2): decay is 2; allowed is in [0, 1)")]
    [InlineData("--accumulate 0", "--accumulate is 0; allowed is " + Count)]
    [InlineData("--on-non-finite ignore", "--on-non-finite is ignore; allowed is throw, skip or zero")]
    [InlineData("--tokens bytes",
        "--tokens is bytes; allowed is characters, gpt2, o200k, or NAME:V for the first V tokens of one")]
    [InlineData("--keep 0", "--keep is 0; allowed is an integer from 1 to 65536")]
    [InlineData("--dropout 1", "--dropout is 1; allowed is a number from 0, below 1")]
    [InlineData("--seed -1", "--seed is -1; allowed is an integer from 0 to 18446744073709551615")]
    [InlineData("--threads 0", "--threads is 0; allowed is an integer from 1 to 1024")]
    [InlineData("--batch 0", "--batch is 0; allowed is an integer from 1 to 65536")]
    [InlineData("--preset huge", "--preset is huge; allowed is nano, tiny, small or medium")]
    [InlineData("--optimizer sofia", "--optimizer is sofia; allowed is " + Optimizers)]
    [InlineData("--optimizer lbfgs", "--optimizer is lbfgs; allowed is " + Optimizers)]
    [InlineData("--optimizer lion(beta1=0.5",
        "--optimizer: 'lion(beta1=0.5' has a parenthesis without its other one")]
    [InlineData("--optimizer lion(beta1=0.9,beta1=0.8)", "--optimizer: 'lion(beta1=0.9,beta1=0.8)' gives beta1 twice")]
    [InlineData("--optimizer=", "--optimizer has no value; allowed is " + Optimizers)]
    [InlineData("--schedule step", "--schedule is step; allowed is " + Schedules + "; did you mean stepDecay?")]
    [InlineData("--optimizer Lyon(beta1=0.5)",
        "--optimizer is Lyon(beta1=0.5); allowed is " + Optimizers + "; did you mean lion?")]
    [InlineData("--preset smal", "--preset is smal; allowed is nano, tiny, small or medium; did you mean small?")]
    [InlineData("--help optimiser",
        "--help is optimiser; allowed is optimizers or schedules; did you mean optimizers?")]
    [InlineData("--help presets", "--help is presets; allowed is optimizers or schedules")]
    [InlineData("--stpes=3 --warmpu 9 --xyz",
        "--stpes=3 is no option; --help lists the options; did you mean --steps?",
        "--warmpu is no option; --help lists the options; did you mean --warmup?",
        "--xyz is no option; --help lists the options")]
    [InlineData("--optimizer lion(beta1=1,betas=0.9) --schedule stepDecay --steps 9",
        "--optimizer lion: betas is no option of lion; allowed is learningRate, beta1, "
        + "beta2, weightDecay, decay, maximize, decayForm",
        "--optimizer lion: beta1 is 1; allowed is in [0, 1)",
        "--schedule stepDecay: every is not given; allowed is an integer, 1 or more")]
    [InlineData("--schedule cosine(floor=1)", "--schedule cosine: floor is 1; allowed is from 0 to the peak")]
    [InlineData("--schedule stairs --optimizer sofia",
        "--optimizer is sofia; allowed is " + Optimizers, "--schedule is stairs; allowed is " + Schedules)]
    [InlineData("--heads 3", "--heads is 3; allowed is a divisor of --width, which is 128")]
    [InlineData("--steps 50 --warmup 50", "--warmup is 50; allowed is an integer from 0, below the 50 of --steps")]
    [InlineData("--text=", "--text has no value; allowed is the path of a file")]
    [InlineData("text.txt --stpes 3", "'text.txt' is not understood; --help lists the options",
        "--stpes is no option; --help lists the options; did you mean --steps?")]
    [InlineData("@text.txt", "'@text.txt' is not understood; --help lists the options")]
    [InlineData("--width 130 --steps 9 --warmup 9",
        "--warmup is 9; allowed is an integer from 0, below the 9 of --steps",
        "--heads is 4; allowed is a divisor of --width, which is 130")]
    [InlineData("--batch 65536 --context 65536",
        "4 × --batch × --context × --width is 2199023255552; allowed is " + Tensor,
        "--batch × --heads × --context² is 1125899906842624; allowed is " + Tensor)]
    [InlineData("--context 65536", "--batch × --heads × --context² is 206158430208; allowed is " + Tensor)]
    [InlineData("--width 65536 --batch 1 --context 1",
        "--width is 65536; allowed is a width that makes, with --layers and --context, at "
        + "most 2,000,000,000 parameters")]
    [InlineData("--layers 1024 --heads 65536 --width 65536 --context 65536 --batch 65536",
        "--width is 65536; allowed is a width that makes, with --layers and --context, at "
        + "most 2,000,000,000 parameters",
        "4 × --batch × --context × --width is 1125899906842624; allowed is " + Tensor,
        "--batch × --heads × --context² is 18446744073709551616; allowed is " + Tensor)]
    [InlineData("--layers 1025", "--layers is 1025; allowed is an integer from 1 to 1024")]
    [InlineData("--learning-rate 0 --schedule stepDecay(every=0)",
        "--schedule stepDecay: every is 0; allowed is 1 or more")]
    [InlineData("--steps 0 --preset x", "--preset is x; allowed is nano, tiny, small or medium",
        "--steps is 0; allowed is " + Count)]
    public async Task Wrong_use_ends_with_2_and_a_line_for_each_error(string line, params string[] errors)
    {
        (int code, string output, string error) = await Invoke(MustNotRun, line.Split(' '));
        Assert.Equal(ExitCode.WrongUse, code);
        Assert.Equal("", output);
        Assert.Equal(errors, error.TrimEnd().ReplaceLineEndings("\n").Split('\n'));
    }

    [Fact]
    public async Task Numbers_are_read_the_same_in_every_culture()
    {
        using DecimalComma culture = new();
        Assert.Equal(0.125, (await Parse("--learning-rate", "0.125")).Preset.LearningRate);
        (_, _, string error) = await Invoke(MustNotRun, "--optimizer", "lion(beta1=1.5)");
        Assert.Equal("--optimizer lion: beta1 is 1.5; allowed is in [0, 1)", error);
        (_, string help, _) = await Invoke(MustNotRun, "--help");
        Assert.Contains("  --learning-rate     0.001       0.0005      0.0003      0.00015", help.Split('\n'));
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("-h")]
    [InlineData("-?")]
    public async Task Help_explains_every_option_with_its_default_on_three_screens(string option)
    {
        (int code, string output, string error) = await Invoke(MustNotRun, option);
        Assert.Equal((ExitCode.Success, ""), (code, error));
        using StringWriter nowhere = new();
        Option[] options = [.. new RunCommand(MustNotRun, nowhere, nowhere).Options];
        Assert.Equal(34, options.Length);
        Assert.All(options, one => Assert.False(string.IsNullOrWhiteSpace(one.Description), one.Name));
        Assert.All(
            options,
            one => Assert.Contains($"  {one.Name}{(one.HelpName is { } value ? $" <{value}>" : "")}  ", output,
                StringComparison.Ordinal));
        string[] lines = output.TrimEnd().Split('\n');
        Assert.InRange(lines.Length, 60, 75);
        Assert.All(lines, line => Assert.InRange(line.Length, 0, 100));
    }

    [Fact]
    public async Task Help_shows_every_default_that_is_not_the_same_in_all_presets()
    {
        (_, string output, _) = await Invoke(MustNotRun, "--help");
        string[] table =
        [
            .. output.TrimEnd().Split('\n').SkipWhile(line => line != "Defaults of the presets:").Skip(1),
        ];
        Assert.Equal(Preset.All.Select(preset => preset.Name), Cells(table[0]));
        foreach (string row in table[1..^1])
        {
            string[] cells = Cells(row);
            foreach ((Preset preset, string value) in Preset.All.Zip(cells[1..]))
                Assert.Equal(preset with { Name = "" },
                    (await Parse("--preset", preset.Name, cells[0], value)).Preset with { Name = "" });
            Assert.True(cells[1..].Distinct().Count() > 1, row);
        }

        static string[] Cells(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
    }

    [Fact]
    public async Task Help_on_optimizers_and_schedules_lists_each_with_the_ranges_and_defaults_of_its_options()
    {
        await AssertListed("optimizers", OptimizerChoice.Known, Catalogue.Optimizers.Length);
        await AssertListed("schedules", ScheduleChoice.Known, Catalogue.Schedules.Length - 2);

        async Task AssertListed<T>(string topic, CatalogueChoice<T> choice, int count)
        {
            (int code, string output, string error) = await Invoke(MustNotRun, "--help", topic);
            Assert.Equal((ExitCode.Success, ""), (code, error));
            Assert.All(output.Split('\n'), line => Assert.InRange(line.Length, 0, 100));
            string words = string.Join(
                ' ', output.Split((char[])[' ', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries));
            Assert.Equal(count, choice.Entries.Length);
            foreach ((string name, string entry) in choice.ShortNames)
                Assert.Contains($" {name} short for {entry} ", words, StringComparison.Ordinal);
            foreach (CatalogueEntry<T> entry in choice.Entries)
            {
                Assert.Contains(
                    $" {entry.Name} {entry.Description} {string.Join(", ", entry.Options)} ", words,
                    StringComparison.Ordinal);
                foreach (CatalogueOption option in entry.Options)
                {
                    string meaning = Regex.Escape(option.Description),
                        values = Regex.Escape($"{option.Type}, {option.Allowed}");
                    Assert.Matches($@" {option.Name} {meaning}( \([^:]*\b{entry.Name}\b[^:]*\))?: {values}", words);
                }
            }
        }
    }

    [Fact]
    public async Task What_a_run_throws_becomes_a_line_and_what_it_returns_the_exit_code()
    {
        Assert.Equal((ExitCode.Failure, "", "failed: out of luck"),
            await Invoke((_, _) => throw new IOException("out of\nluck")));
        Assert.Equal((ExitCode.Interrupted, "", ""), await Invoke((_, _) => throw new OperationCanceledException()));
        Assert.Equal((3, "", ""), await Invoke((_, _) => Task.FromResult(3)));
    }

    private static Task<int> MustNotRun(RunOptions options, CancellationToken cancellation) =>
        throw new InvalidOperationException("it must not run");

    private static async Task<RunOptions> Parse(params string[] arguments)
    {
        RunOptions? parsed = null;
        (int code, _, string error) =
            await Invoke((options, _) => Task.FromResult((parsed = options) is null ? 1 : 0), arguments);
        Assert.Equal((ExitCode.Success, ""), (code, error));
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
