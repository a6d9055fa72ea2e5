using CommandLine;
using Experiments;

namespace Functional.Optim.Samples.Tests.Experiments.CommandLine;

public sealed class ExperimentsCommandTests
{
    [Fact]
    public async Task One_is_run_with_its_settings()
    {
        RunRequest request = await Parse("run", "gradient-descent", "--seed", "18446744073709551615", "--out", "o",
            "--format", "csv", "--steps", "7", "--rates", "0.2,1e-3");
        Assert.Equal((ulong.MaxValue, "o", "csv"), (request.Seed, request.OutputFolder, request.Format.Name));
        PreparedExperiment only = Assert.Single(request.Experiments);
        Assert.Equal("gradient-descent", only.Experiment.Name);
        Assert.Equal([("rates", "0.2,0.001"), ("steps", "7"), ("tolerance", "1E-06")], only.Settings.AsEnumerable());
    }

    [Fact]
    public async Task Without_options_the_defaults_hold()
    {
        RunRequest request = await Parse("run", "schedules");
        Assert.Equal((1UL, null, "table"), (request.Seed, request.OutputFolder, request.Format.Name));
        Assert.Equal(request.Experiments[0].Experiment.Settings.Select(setting => (setting.Name, setting.Default)),
            request.Experiments[0].Settings);
    }

    [Fact]
    public async Task Several_are_run_once_each_and_an_option_goes_to_those_that_have_it()
    {
        RunRequest request = await Parse(
            "run", "landscape", "--beta1", "0.5", "bias-correction", "landscape", "--steps", "9");
        Assert.Equal(["landscape", "bias-correction"], request.Experiments.Select(one => one.Experiment.Name));
        Assert.All(request.Experiments, one => Assert.Contains(("steps", "9"), one.Settings));
        Assert.Contains(("beta1", "0.5"), request.Experiments[1].Settings);
    }

    [Fact]
    public async Task All_are_all_but_the_long_ones_which_are_named_or_asked_for()
    {
        RunRequest all = await Parse("run", "all");
        Assert.Equal(["modern-optimizers", "state-formats"], all.LeftOut.AsEnumerable());
        Assert.Equal(ExperimentCatalogue.All.Where(known => !known.IsLong), Chosen(all));
        string[][] lines = [["run", "all", "--long"], ["run", "all", "modern-optimizers", "state-formats"]];
        foreach (string[] line in lines)
        {
            RunRequest more = await Parse(line);
            Assert.Empty(more.LeftOut);
            Assert.Equal(ExperimentCatalogue.All, Chosen(more));
        }

        RunRequest one = await Parse("run", "modern-optimizers", "--steps", "9");
        Assert.Equal(["modern-optimizers"], Chosen(one).Select(known => known.Name));
        // An option of one that is left out is no error.
        await Parse("run", "all", "--timed-steps", "0");

        static IEnumerable<Experiment> Chosen(RunRequest request) =>
            request.Experiments.Select(each => each.Experiment);
    }

    [Theory]
    [InlineData("run", "run takes names of experiments; known are gradient-descent, ")]
    [InlineData("run descent", "'descent' is no experiment; known are gradient-descent, ")]
    [InlineData("run landscape descent", "'descent' is no experiment; known are gradient-descent, ")]
    [InlineData("run gradient-descent --stpes 3",
        "gradient-descent has no option --stpes; it has --rates, --steps and --tolerance")]
    [InlineData("run gradient-descent --beta1 0.5",
        "gradient-descent has no option --beta1; it has --rates, --steps and --tolerance")]
    [InlineData("run gradient-descent --steps", "--steps is empty; allowed is an integer from 2 to 100000")]
    [InlineData("run gradient-descent --steps 1 --rates 0.1,no",
        "--rates is 0.1,no; allowed is numbers, each finite and positive, with commas between them",
        "--steps is 1; allowed is an integer from 2 to 100000")]
    [InlineData("run bias-correction --beta1 1", "--beta1 is 1; allowed is a number, in [0, 1)")]
    [InlineData("run schedules --floor 1", "--floor is 1; allowed is up to the 0.001 of --peak")]
    [InlineData("run schedules --warmup 5000", "--warmup is 5000; allowed is less than half the 10000 of --steps")]
    [InlineData("run checklist --preset huge", "--preset is huge; allowed is nano, tiny, small or medium")]
    [InlineData("run checklist --heads 7 --optimizer lion --decayed",
        "--optimizer is lion; allowed is sgd, momentum, adam or adamw",
        "--decayed is empty; allowed is matrices or everything",
        "--heads is 7; allowed is a divisor of --width, which is 512")]
    [InlineData("run checklist --width 65536 --layers 100",
        "--width is 65536; allowed is a width that makes, with --layers, ")]
    [InlineData("run minigpt-configurations --vocabularies 1,2", "--vocabularies is 1,2; allowed is 3 numbers")]
    [InlineData("run minigpt-configurations --vocabularies 1,2,1e7",
        "--vocabularies is 1,2,1e7; allowed is integers, each from 1 to 1000000, ")]
    [InlineData("run all --seed -1", "--seed is -1; allowed is an integer from 0 to 18446744073709551615")]
    [InlineData("run all --format xml", "--format is xml; allowed is table, markdown, csv or json")]
    [InlineData("run all --out=", "--out has no value; allowed is the path of a folder")]
    [InlineData("", "list shows the experiments, run runs them; --help explains both")]
    [InlineData("lsit", "'lsit' is not understood; --help lists the commands; did you mean list?")]
    [InlineData("show", "'show' is not understood; --help lists the commands")]
    [InlineData("list x", "'x' is not understood; --help lists the commands")]
    public async Task Wrong_use_ends_with_2_and_a_line_for_each_error(string line, params string[] errors)
    {
        (int code, string output, string error) =
            await Invoke(MustNotRun, line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal((ExitCode.WrongUse, ""), (code, output));
        string[] lines = error.Split('\n');
        Assert.Equal(errors.Length, lines.Length);
        for (int index = 0; index < errors.Length; index++)
            Assert.StartsWith(errors[index], lines[index], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("run lanscape", "landscape")]
    [InlineData("run warmup adamcomponents", "adam-components")]
    [InlineData("run descent", "gradient-descent")]
    [InlineData("run al", "all")]
    [InlineData("run gradient-descent --stpes 3", "--steps")]
    [InlineData("run landscape --weightdecay 3", "--weight-decay")]
    [InlineData("run checklist --preset smal", "small")]
    [InlineData("run checklist --optimizer adma", "adam")]
    [InlineData("run all --format markdwon", "markdown")]
    public async Task A_mistyped_name_ends_with_the_one_that_is_near(string line, string name)
    {
        (int code, _, string error) = await Invoke(MustNotRun, line.Split(' '));
        Assert.Equal(ExitCode.WrongUse, code);
        Assert.EndsWith($"; did you mean {name}?", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_of_each_command_fits_two_screens()
    {
        foreach (string line in (string[])["--help", "run --help",
            .. ExperimentCatalogue.All.Select(experiment => $"run {experiment.Name} --help")])
        {
            (int code, string output, _) = await Invoke(MustNotRun, line.Split(' '));
            Assert.Equal(ExitCode.Success, code);
            string[] lines = output.TrimEnd().Split('\n');
            Assert.InRange(lines.Length, 10, 50);
            Assert.All(lines, one => Assert.InRange(one.Length, 0, 100));
        }
    }

    [Fact]
    public async Task Help_of_an_experiment_shows_its_own_options_with_their_defaults_and_its_idea()
    {
        (int code, string output, _) = await Invoke(MustNotRun, "run", "gradient-descent", "--help");
        Assert.Equal(ExitCode.Success, code);
        string words = string.Join(' ', output.Split((char[])[' ', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries));
        string[] shown =
            ["--rates <VALUE>", "[default: 0.1,0.3,0.45,0.5,0.7]", "--seed <N>", "--out <FOLDER>", "--format <NAME>"];
        Assert.All(shown, text => Assert.Contains(text, words, StringComparison.Ordinal));
        Assert.DoesNotContain("--beta1", words, StringComparison.Ordinal);
        Assert.EndsWith($"Idea: {GradientDescent.Experiment.Idea}", words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_run_throws_becomes_a_line_and_what_it_returns_the_exit_code()
    {
        Assert.Equal((ExitCode.Failure, "", "failed: out of luck"),
            await Invoke((_, _) => throw new IOException("out of luck"), "run", "all"));
        Assert.Equal((ExitCode.Interrupted, "", ""),
            await Invoke((_, _) => throw new OperationCanceledException(), "run", "all"));
        Assert.Equal((ExitCode.WrongUse, "", "no text"),
            await Invoke((_, _) => throw LanguageExt.Common.Error.New("no text").ToErrorException(), "run", "all"));
        Assert.Equal((3, "", ""), await Invoke((_, _) => 3, "run", "all"));
    }

    private static int MustNotRun(RunRequest request, CancellationToken cancellation) =>
        throw new InvalidOperationException("it must not run");

    private static async Task<RunRequest> Parse(params string[] arguments)
    {
        RunRequest? parsed = null;
        (int code, _, string error) = await Invoke((request, _) => (parsed = request) is null ? 1 : 0, arguments);
        Assert.Equal((ExitCode.Success, ""), (code, error));
        return parsed!;
    }

    private static async Task<(int Code, string Output, string Error)> Invoke(
        Func<RunRequest, CancellationToken, int> run, params string[] arguments)
    {
        using StringWriter output = new(), error = new();
        int code = await new ExperimentsCommand(() => 0, run, output, error).InvokeAsync(arguments);
        return (code, output.ToString(), error.ToString().TrimEnd().ReplaceLineEndings("\n"));
    }
}
