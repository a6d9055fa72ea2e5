using System.Collections.Immutable;
using CommandLine;
using Functional.Optim;
using LanguageExt;
using LanguageExt.Common;
using Schedule = Functional.Optim.Schedule;

namespace Experiments;

/// <summary>What can be varied in <see cref="Schedules"/>.</summary>
public sealed record SchedulesOptions
{
    /// <summary>The highest rate.</summary>
    public double Peak { get; init; } = 1e-3;

    /// <summary>The rate at the end.</summary>
    public double Floor { get; init; } = 1e-5;

    /// <summary>W, the updates up to the peak.</summary>
    public int Warmup { get; init; } = 1000;

    /// <summary>N, the updates in all.</summary>
    public int Steps { get; init; } = 10_000;
}

/// <summary>One schedule, measured over its updates.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="First">The rate of the first update.</param>
/// <param name="AtWarmup">The rate of update W.</param>
/// <param name="Greatest">The highest rate of all updates.</param>
/// <param name="MaxAt">The first update that has it.</param>
/// <param name="Least">The lowest rate of all updates.</param>
/// <param name="Final">The rate of update N.</param>
/// <param name="Beyond">The rate of update 2·N.</param>
/// <param name="Rates">The rates of the updates 1 to N.</param>
public sealed record ScheduleRow(
    string Name, double First, double AtWarmup, double Greatest, long MaxAt, double Least, double Final, double Beyond,
    ImmutableArray<double> Rates);

/// <summary>A schedule that cannot be.</summary>
/// <param name="Configuration">What was asked for.</param>
/// <param name="Answer">What the library says.</param>
/// <param name="Chapter">What the chapter's code does with it.</param>
public sealed record RefusedScheduleRow(string Configuration, string Answer, string Chapter);

/// <summary>The learning-rate schedules of the chapter, and joins of them.</summary>
public static class Schedules
{
    /// <summary>The experiment.</summary>
    public static Experiment Experiment { get; } = Experiments.Experiment.Of<SchedulesOptions>(
            "schedules", "The learning-rate schedules, measured", "4.4",
            "A schedule warms the learning rate up over the first updates and lets it decay over the rest: with half a cosine, a power, or a "
            + "constant ratio from step to step.",
            "The chapter's exponential decay goes on after the end: at step 20,000 of 10,000 it is at 5.99e-8. Here every schedule keeps its floor.",
            "A floor of 0 makes the chapter's exponential decay 0 right after the warm-up, a total equal to the warm-up divides by zero, and a "
            + "smaller total raises the rate above its peak. Here all three are refused.",
            "The chapter's trainer makes its first update at the full peak and its second at peak/W. Here update k has the rate At(k), so the "
            + "warm-up begins at peak/W.",
            "The chapter's columns of maximum and minimum print its constants. Here both are measured: the lowest rate of a warmed-up schedule "
            + "is its first one, peak/W, where that is below the floor.")
        .Real("peak", "The highest rate", Bounds.Positive,
            of => of.Peak, (of, peak) => of with { Peak = peak })
        .Real("floor", "The rate at the end", Bounds.Positive,
            of => of.Floor, (of, floor) => of with { Floor = floor })
        .Integer("warmup", "Updates up to the peak", 0, 1_000_000, of => of.Warmup, (of, warmup) => of with { Warmup = warmup })
        .Integer("steps", "Updates in all", 20, 1_000_000, of => of.Steps, (of, steps) => of with { Steps = steps })
        .Checked((options, errors) => errors
            .Require(options.Floor <= options.Peak, "--floor", options.Floor, $"up to the {Figure.Of(options.Peak)} of --peak")
            .Require(options.Warmup < options.Steps / 2, "--warmup", options.Warmup, $"less than half the {options.Steps} of --steps"))
        .Running((options, _) => ReportOf(options, Run(options)));

    /// <summary>The chapter's five kinds and two joins, measured.</summary>
    public static ImmutableArray<ScheduleRow> Run(SchedulesOptions options) =>
        [.. Kinds(options).Select(kind => Measured(kind.Name, kind.Schedule, options))];

    /// <summary>What the library says to schedules that cannot be.</summary>
    public static ImmutableArray<RefusedScheduleRow> Refused(SchedulesOptions options)
    {
        (double peak, double floor, int warmup) = (options.Peak, options.Floor, options.Warmup);
        return
        [
            new("exponential to a floor of 0", ErrorOf(() => WarmupExponential.Of(peak, warmup, options.Steps, floor: 0)), "rate 0 after the warm-up"),
            new("cosine, total = warm-up", ErrorOf(() => WarmupCosine.Of(peak, warmup, warmup, floor)), "division by zero"),
            new("polynomial, total < warm-up", ErrorOf(() => WarmupPolynomial.Of(peak, warmup, warmup / 2, floor)), "rates above the peak"),
        ];
    }

    private static IEnumerable<(string Name, Schedule Schedule)> Kinds(SchedulesOptions options)
    {
        (double peak, double floor, int warmup, int steps) = (options.Peak, options.Floor, options.Warmup, options.Steps);
        int half = steps / 2, tail = Math.Max(steps / 5, 1);
        yield return ("constant", Schedule.Constant(peak));
        yield return ("linear warm-up", Schedule.LinearWarmup(peak, warmup));
        yield return ("cosine", Schedule.WarmupCosine(peak, warmup, steps, floor));
        yield return ("polynomial", Schedule.WarmupPolynomial(peak, warmup, steps, floor));
        yield return ("exponential", Schedule.WarmupExponential(peak, warmup, steps, floor));
        yield return ("warm-up, stable, decay", Schedule.LinearWarmup(peak, warmup).Then(Schedule.WarmupPolynomial(peak, 0, tail, floor, power: 1), steps - tail));
        yield return ("cosine, restarted", Schedule.WarmupCosine(peak, warmup, half, floor).Then(Schedule.WarmupCosine(Math.Max(peak / 2, floor), 0, steps - half, floor), half));
    }

    private static ScheduleRow Measured(string name, Schedule schedule, SchedulesOptions options)
    {
        double[] rates = schedule.Preview(options.Steps);
        double greatest = rates.Max();
        return new(
            name, rates[0], schedule.At(options.Warmup), greatest, Array.IndexOf(rates, greatest) + 1, rates.Min(), rates[^1],
            schedule.At(2L * options.Steps), [.. rates]);
    }

    private static string ErrorOf<T>(Func<T> make) =>
        Validated.Of(make).Match(Succ: _ => "accepted", Fail: errors => string.Join("; ", errors.Map(error => error.Message)));

    private static Report ReportOf(SchedulesOptions options, ImmutableArray<ScheduleRow> rows)
    {
        Func<ScheduleRow, double?> chapterFirst = row => IsChapters(row.Name) ? options.Peak : null;
        return new(
            FindingOf(options, rows),
            [
                Table.Of("schedules", $"Rates over {options.Steps:N0} updates, warm-up {options.Warmup:N0}, peak {Figure.Of(options.Peak)}, floor {Figure.Of(options.Floor)}", rows)
                    .Text("schedule", row => row.Name)
                    .Number("first update", row => row.First, 3)
                    .Number("end of warm-up", row => row.AtWarmup, 3)
                    .Number("maximum", row => row.Greatest, 3)
                    .Integer("at update", row => row.MaxAt)
                    .Number("minimum", row => row.Least, 3)
                    .Number("final", row => row.Final, 3)
                    .Number("at twice the end", row => row.Beyond, 3)
                    .Number("chapter: first update", chapterFirst, 3)
                    .Number("chapter: second update", row => IsChapters(row.Name) ? row.First : null, 3)
                    .Number("chapter: minimum", row => IsChapters(row.Name) ? options.Floor : null, 3)
                    .Number("chapter: at twice the end", row => ChapterBeyond(row, options), 3),
                Table.Of("refused", "Schedules that cannot be", Refused(options))
                    .Text("asked for", row => row.Configuration)
                    .Text("answer", row => row.Answer)
                    .Text("chapter", row => row.Chapter),
            ],
            [PictureOf(options, rows)]);
    }

    private static bool IsChapters(string name) => name is "constant" or "linear warm-up" or "cosine" or "polynomial" or "exponential";

    private static double? ChapterBeyond(ScheduleRow row, SchedulesOptions options) => row.Name switch
    {
        "constant" or "linear warm-up" => options.Peak,
        "cosine" or "polynomial" => options.Floor,
        "exponential" => options.Peak * Math.Pow(options.Floor / options.Peak, (2.0 * options.Steps - options.Warmup) / (options.Steps - options.Warmup)),
        _ => null,
    };

    private static string FindingOf(SchedulesOptions options, ImmutableArray<ScheduleRow> rows)
    {
        ScheduleRow exponential = rows.Single(row => row.Name == "exponential"), cosine = rows.Single(row => row.Name == "cosine");
        return $"No schedule exceeds {Figure.Of(rows.Max(row => row.Greatest))}. The lowest rate of the cosine is {Figure.Of(cosine.Least, 3)}, "
            + $"at {(cosine.Least == cosine.First ? "its first update" : "its end")}. Past its end the exponential stays at {Figure.Of(exponential.Beyond, 3)}, where the "
            + $"chapter's goes on to {Figure.Of(ChapterBeyond(exponential, options)!.Value, 3)}. Above half their peak are "
            + $"{Words.And(rows.Where(row => IsChapters(row.Name)).Select(row => $"{row.Name} for {100.0 * row.Rates.Count(rate => rate > options.Peak / 2) / options.Steps:0} %"))} of the updates.";
    }

    private static Picture PictureOf(SchedulesOptions options, ImmutableArray<ScheduleRow> rows)
    {
        int shown = Math.Max(options.Warmup + (options.Warmup / 10), 20);
        return new(
            "rates",
            "The schedules: on a log axis, on a linear one, around the warm-up, and two that are joined from others.",
            Of("Whole, log axis", chapters: true, options.Steps, isLog: true),
            Of("Whole, linear axis", chapters: true, options.Steps, isLog: false),
            Of("Around the warm-up", chapters: true, shown, isLog: false),
            Of("Joined", chapters: false, options.Steps, isLog: false));

        Panel Of(string title, bool chapters, int steps, bool isLog) => new(
            title,
            new Axis("update"),
            new Axis("learning rate", isLog, Least: isLog ? null : 0, Greatest: isLog ? null : 1.1 * options.Peak),
            [
                .. rows.Where(row => IsChapters(row.Name) == chapters).Select(Mark (row, index) => new Line(
                    row.Name, [.. Sampled(steps).Select(step => (double)step)], [.. Sampled(steps).Select(step => row.Rates[step - 1])])
                {
                    Width = (chapters ? 6 : 4) - index,
                }),
            ]);
    }

    /// <summary>The updates that are plotted: all, or a few hundred from the first to the last.</summary>
    internal static IEnumerable<int> Sampled(int steps) =>
        Enumerable.Range(0, Math.Min(steps, 500)).Select(index => 1 + (int)((long)index * (steps - 1) / (Math.Min(steps, 500) - 1)));
}
