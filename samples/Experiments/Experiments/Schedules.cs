using System.Collections.Immutable;
using CommandLine;
using Functional.Optim;
using LanguageExt;
using LanguageExt.Common;
using Schedule = Functional.Optim.Schedule;

namespace Experiments;

/// <summary>The options of <see cref="Schedules"/>.</summary>
public sealed record SchedulesOptions
{
    /// <summary>The peak learning rate.</summary>
    public double Peak { get; init; } = 1e-3;

    /// <summary>The learning rate at the end.</summary>
    public double Floor { get; init; } = 1e-5;

    /// <summary>W, the number of warm-up steps.</summary>
    public int Warmup { get; init; } = 1000;

    /// <summary>N, the number of training steps.</summary>
    public int Steps { get; init; } = 10_000;
}

/// <summary>One schedule, measured over its steps.</summary>
/// <param name="Name">The name of the schedule.</param>
/// <param name="First">The rate of the first step.</param>
/// <param name="AtWarmup">The rate of step W.</param>
/// <param name="Max">The maximum rate.</param>
/// <param name="MaxAt">The first step with the maximum rate.</param>
/// <param name="Min">The minimum rate.</param>
/// <param name="Final">The rate of step N.</param>
/// <param name="Beyond">The rate of step 2·N.</param>
/// <param name="Rates">The rates of the steps 1 to N.</param>
public sealed record ScheduleRow(
    string Name, double First, double AtWarmup, double Max, long MaxAt, double Min, double Final, double Beyond,
    ImmutableArray<double> Rates);

/// <summary>A schedule that is refused.</summary>
/// <param name="Configuration">What is wrong with it.</param>
/// <param name="Error">The error of the library.</param>
/// <param name="SourceText">The result of the source text's code.</param>
public sealed record RefusedScheduleRow(string Configuration, string Error, string SourceText);

/// <summary>The learning-rate schedules of the source text, and joined ones.</summary>
public static class Schedules
{
    /// <summary>The experiment.</summary>
    public static Experiment Experiment { get; } = Experiments.Experiment.Of<SchedulesOptions>(
            "schedules", "The learning-rate schedules, measured", "4.4",
            "A schedule raises the learning rate over the first steps (the warm-up) and lowers it over the rest: along "
            + "half a cosine, by a power, or by a constant ratio from step to step.",
            "The source text's exponential decay goes on after the end: at step 20,000 of 10,000 it is at 5.99e-8. "
            + "Here every schedule stays at its floor.",
            "A floor of 0 makes the source text's exponential decay 0 right after the warm-up, a total equal to the "
            + "warm-up divides by zero, and a smaller total raises the rate above its peak. Here all three are errors.",
            "The source text's trainer makes its first step at the full peak and its second at peak/W. Here step k has "
            + "the rate At(k), so the warm-up begins at peak/W.",
            "The source text's columns of maximum and minimum print its constants. Here both are measured: the minimum "
            + "of a schedule with warm-up is its first rate, peak/W, where that is below the floor.")
        .Real("peak", "Peak learning rate", Bounds.Positive,
            of => of.Peak, (of, peak) => of with { Peak = peak })
        .Real("floor", "Learning rate at the end", Bounds.Positive,
            of => of.Floor, (of, floor) => of with { Floor = floor })
        .Integer("warmup", "Number of warm-up steps", 0, 1_000_000,
            of => of.Warmup, (of, warmup) => of with { Warmup = warmup })
        .Integer("steps", "Number of training steps", 20, 1_000_000,
            of => of.Steps, (of, steps) => of with { Steps = steps })
        .Checked((options, errors) => errors
            .Require(options.Floor <= options.Peak, "--floor", options.Floor,
                $"up to the {Figure.Of(options.Peak)} of --peak")
            .Require(options.Warmup < options.Steps / 2, "--warmup", options.Warmup,
                $"less than half the {options.Steps} of --steps"))
        .Running((options, _) => ReportOf(options, Run(options)));

    /// <summary>The five schedules of the source text and two joined ones, measured.</summary>
    public static ImmutableArray<ScheduleRow> Run(SchedulesOptions options) =>
        [.. Kinds(options).Select(kind => Measured(kind.Name, kind.Schedule, options))];

    /// <summary>The schedules that the library refuses.</summary>
    public static ImmutableArray<RefusedScheduleRow> Refused(SchedulesOptions options)
    {
        (double peak, double floor, int warmup) = (options.Peak, options.Floor, options.Warmup);
        return
        [
            new("exponential to a floor of 0",
                ErrorOf(() => WarmupExponential.Of(peak, warmup, options.Steps, floor: 0)), "rate 0 after the warm-up"),
            new("cosine, total = warm-up", ErrorOf(() => WarmupCosine.Of(peak, warmup, warmup, floor)),
                "division by zero"),
            new("polynomial, total < warm-up", ErrorOf(() => WarmupPolynomial.Of(peak, warmup, warmup / 2, floor)),
                "rates above the peak"),
        ];
    }

    private static IEnumerable<(string Name, Schedule Schedule)> Kinds(SchedulesOptions options)
    {
        (double peak, double floor, int warmup, int steps) =
            (options.Peak, options.Floor, options.Warmup, options.Steps);
        int half = steps / 2, tail = Math.Max(steps / 5, 1);
        yield return ("constant", Schedule.Constant(peak));
        yield return ("linear warm-up", Schedule.LinearWarmup(peak, warmup));
        yield return ("cosine", Schedule.WarmupCosine(peak, warmup, steps, floor));
        yield return ("polynomial", Schedule.WarmupPolynomial(peak, warmup, steps, floor));
        yield return ("exponential", Schedule.WarmupExponential(peak, warmup, steps, floor));
        yield return ("warm-up, stable, decay", Schedule.LinearWarmup(peak, warmup)
            .Then(Schedule.WarmupPolynomial(peak, 0, tail, floor, power: 1), steps - tail));
        yield return ("cosine, restarted", Schedule.WarmupCosine(peak, warmup, half, floor)
            .Then(Schedule.WarmupCosine(Math.Max(peak / 2, floor), 0, steps - half, floor), half));
    }

    private static ScheduleRow Measured(string name, Schedule schedule, SchedulesOptions options)
    {
        double[] rates = schedule.Preview(options.Steps);
        double max = rates.Max();
        return new(
            name, rates[0], schedule.At(options.Warmup), max, Array.IndexOf(rates, max) + 1,
            rates.Min(), rates[^1], schedule.At(2L * options.Steps), [.. rates]);
    }

    private static string ErrorOf<T>(Func<T> make) =>
        Validated.Of(make).Match(
            Succ: _ => "accepted", Fail: errors => string.Join("; ", errors.Map(error => error.Message)));

    private static Report ReportOf(SchedulesOptions options, ImmutableArray<ScheduleRow> rows)
    {
        Func<ScheduleRow, double?> sourceTextFirst = row => IsOfSourceText(row.Name) ? options.Peak : null;
        return new(
            FindingOf(options, rows),
            [
                Table.Of("schedules", $"Rates over {options.Steps:N0} steps, warm-up {options.Warmup:N0}, peak "
                    + $"{Figure.Of(options.Peak)}, floor {Figure.Of(options.Floor)}", rows)
                    .Text("schedule", row => row.Name)
                    .Number("first step", row => row.First, 3)
                    .Number("end of warm-up", row => row.AtWarmup, 3)
                    .Number("maximum", row => row.Max, 3)
                    .Integer("at step", row => row.MaxAt)
                    .Number("minimum", row => row.Min, 3)
                    .Number("final", row => row.Final, 3)
                    .Number("at twice the end", row => row.Beyond, 3)
                    .Number("source text: first step", sourceTextFirst, 3)
                    .Number("source text: second step", row => IsOfSourceText(row.Name) ? row.First : null, 3)
                    .Number("source text: minimum", row => IsOfSourceText(row.Name) ? options.Floor : null, 3)
                    .Number("source text: at twice the end", row => SourceTextBeyond(row, options), 3),
                Table.Of("refused", "Schedules that are refused", Refused(options))
                    .Text("schedule", row => row.Configuration)
                    .Text("error", row => row.Error)
                    .Text("source text", row => row.SourceText),
            ],
            [PictureOf(options, rows)]);
    }

    private static bool IsOfSourceText(string name) =>
        name is "constant" or "linear warm-up" or "cosine" or "polynomial" or "exponential";

    private static double? SourceTextBeyond(ScheduleRow row, SchedulesOptions options) => row.Name switch
    {
        "constant" or "linear warm-up" => options.Peak,
        "cosine" or "polynomial" => options.Floor,
        "exponential" => options.Peak * Math.Pow(
            options.Floor / options.Peak, (2.0 * options.Steps - options.Warmup) / (options.Steps - options.Warmup)),
        _ => null,
    };

    private static string FindingOf(SchedulesOptions options, ImmutableArray<ScheduleRow> rows)
    {
        ScheduleRow exponential = rows.Single(row => row.Name == "exponential"),
            cosine = rows.Single(row => row.Name == "cosine");
        string place = cosine.Min == cosine.First ? "its first step" : "its end";
        IEnumerable<string> shares =
            from row in rows
            where IsOfSourceText(row.Name)
            let share = 100.0 * row.Rates.Count(rate => rate > options.Peak / 2) / options.Steps
            select $"{row.Name} for {share:0} %";
        return $"No schedule exceeds {Figure.Of(rows.Max(row => row.Max))}. The minimum of the cosine is "
            + $"{Figure.Of(cosine.Min, 3)}, at {place}. After its end the exponential stays at "
            + $"{Figure.Of(exponential.Beyond, 3)}, where that of the source text goes on to "
            + $"{Figure.Of(SourceTextBeyond(exponential, options)!.Value, 3)}. Above half their peak are "
            + $"{Words.And(shares)} of the steps.";
    }

    private static Picture PictureOf(SchedulesOptions options, ImmutableArray<ScheduleRow> rows)
    {
        int shown = Math.Max(options.Warmup + (options.Warmup / 10), 20);
        return new(
            "rates",
            "The schedules: on a logarithmic axis, on a linear one, around the warm-up, and two joined ones.",
            Of("All steps, logarithmic axis", ofSourceText: true, options.Steps, isLog: true),
            Of("All steps, linear axis", ofSourceText: true, options.Steps, isLog: false),
            Of("Around the warm-up", ofSourceText: true, shown, isLog: false),
            Of("Joined", ofSourceText: false, options.Steps, isLog: false));

        Panel Of(string title, bool ofSourceText, int steps, bool isLog) => new(
            title,
            new Axis("step"),
            new Axis("learning rate", isLog, Min: isLog ? null : 0, Max: isLog ? null : 1.1 * options.Peak),
            [
                .. rows.Where(row => IsOfSourceText(row.Name) == ofSourceText).Select(Mark (row, index) => new Line(
                    row.Name, [.. Sampled(steps).Select(step => (double)step)],
                    [.. Sampled(steps).Select(step => row.Rates[step - 1])])
                {
                    Width = (ofSourceText ? 6 : 4) - index,
                }),
            ]);
    }

    /// <summary>The plotted steps: all, or 500 from the first to the last.</summary>
    internal static IEnumerable<int> Sampled(int steps) =>
        Enumerable.Range(0, Math.Min(steps, 500))
            .Select(index => 1 + (int)((long)index * (steps - 1) / (Math.Min(steps, 500) - 1)));
}
