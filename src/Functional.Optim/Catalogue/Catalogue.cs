using System.Collections.Immutable;
using LanguageExt;
using LanguageExt.Common;

namespace Functional.Optim;

/// <summary>What the library has, for programs that list it and build it by name from text.</summary>
/// <remarks>
/// A name is that of the factory in the code, and so are those of its options, which may be written in any case:
/// <c>Catalogue.Build("adamw(learningRate=cosine(peak=0.001, totalSteps=500), weightDecay=0.1, decay=matrices)")</c>.
/// The text of an optimizer (<see cref="OptimizerText"/>) is what it prints. Safe for use by several threads.
/// </remarks>
public static class Catalogue
{
    private static ImmutableArray<CatalogueEntry<Optimizer>> own = [];

    /// <summary>Every optimizer that takes gradients, those registered included.</summary>
    public static ImmutableArray<CatalogueEntry<Optimizer>> Optimizers => own.IsEmpty
        ? OptimizerEntries.All
        : [.. OptimizerEntries.All, .. own];

    /// <summary>The optimizer that takes a function and asks for loss and gradient itself.</summary>
    public static CatalogueEntry<Lbfgs> Lbfgs => OptimizerEntries.Lbfgs;

    /// <summary>Sharpness-aware minimization, the first of <see cref="FunctionWrappers"/>.</summary>
    public static CatalogueEntry<Optimizer> Sam => FunctionWrappers[0];

    /// <summary>What is around an optimizer and takes a function, too.</summary>
    public static ImmutableArray<CatalogueEntry<Optimizer>> FunctionWrappers => TransformEntries.FunctionWrappers;

    /// <summary>
    /// The transforms and what goes around an optimizer; the scalings of optimizers are in <see cref="Scalings"/>.
    /// </summary>
    public static ImmutableArray<CatalogueEntry<Optimizer>> Transforms => TransformEntries.All;

    /// <summary>
    /// The scaling of each elementwise optimizer as a transform, such as "adamScaling" for <see cref="Adam.Scaling"/>.
    /// </summary>
    public static ImmutableArray<CatalogueEntry<Optimizer>> Scalings => OptimizerEntries.Scalings;

    /// <summary>Every schedule that is a function of the step alone.</summary>
    public static ImmutableArray<CatalogueEntry<Schedule>> Schedules => ScheduleEntries.All;

    /// <summary>The schedules that are made of others.</summary>
    public static ImmutableArray<CatalogueEntry<Schedule>> ComposedSchedules => ScheduleEntries.Composed;

    /// <summary>The state machine that lowers the rate by a metric.</summary>
    public static CatalogueEntry<Plateau> Plateau => ScheduleEntries.Plateau;

    /// <summary>Every entry.</summary>
    public static ImmutableArray<CatalogueEntry> All =>
    [
        .. Optimizers, Lbfgs, .. FunctionWrappers, .. Transforms, .. Scalings, .. Schedules, .. ComposedSchedules,
        Plateau,
    ];

    /// <summary>
    /// Adds an optimizer or a transform of your own, so that it is listed, built from text and printed as text, also
    /// inside others. Registering the same entry again changes nothing.
    /// </summary>
    /// <param name="entry">The entry (<see cref="CatalogueEntry.Of"/>).</param>
    /// <exception cref="ArgumentException">Another entry has its name.</exception>
    public static void Register(CatalogueEntry<Optimizer> entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        ImmutableInterlocked.Update(ref own, static (before, added) =>
        {
            if (before.Contains(added)) return before;
            CatalogueEntry? same = All.FirstOrDefault(
                known => string.Equals(known.Name, added.Name, StringComparison.OrdinalIgnoreCase));
            return same is null
                ? before.Add(added)
                : throw new ArgumentException(
                    $"The name '{added.Name}' is that of the {same.Kind} {same}.", nameof(entry));
        }, entry);
    }

    /// <summary>
    /// The optimizer that a text describes, or all validation errors: an optimizer, a transform or several of them with
    /// <c>then</c> between (<see cref="OptimizerText"/>).
    /// </summary>
    /// <param name="text">The text.</param>
    /// <param name="learningRate">The learning rate where the text does not give it.</param>
    public static Validation<Error, Optimizer> Build(string text, Schedule? learningRate = null) =>
        Read(text, learningRate).ToValidation();

    /// <summary>The schedule that a text describes, a number or an entry, or all validation errors.</summary>
    /// <param name="text">The text.</param>
    public static Validation<Error, Schedule> BuildSchedule(string text) => ReadSchedule(text).ToValidation();

    /// <inheritdoc cref="Build"/>
    internal static Outcome<Optimizer> Read(string text, Schedule? learningRate = null) =>
        OptimizerText.Parse(text, learningRate, Optimizers);

    /// <inheritdoc cref="BuildSchedule"/>
    internal static Outcome<Schedule> ReadSchedule(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return OptionText.Schedule.Read(text)
            .Bind(static read => Outcome.Of(() => Setting.Make(() => Setting.Check(read, "schedule"), "schedule")));
    }

    /// <summary>
    /// The text of an optimizer, from which an equal one is built; <see langword="null"/> where it has none.
    /// </summary>
    internal static string? TextOf(Optimizer optimizer)
    {
        foreach (CatalogueEntry<Optimizer> entry in EntriesOf(optimizer))
        {
            if (entry.TextOf(optimizer) is { } text) return text;
        }

        return null;
    }

    /// <summary>
    /// The text of a schedule, from which an equal one is built; <see langword="null"/> where it has none.
    /// </summary>
    internal static string? TextOf(Schedule schedule)
    {
        IEnumerable<CatalogueEntry<Schedule>> all = [.. Schedules, .. ComposedSchedules];
        foreach (CatalogueEntry<Schedule> entry in all)
        {
            if (entry.TextOf(schedule) is { } text) return text;
        }

        return null;
    }

    private static ImmutableArray<CatalogueEntry<Optimizer>> EntriesOf(Optimizer optimizer) => optimizer switch
    {
        OptimizerScaling => Scalings,
        FunctionWrapper => FunctionWrappers,
        Transform or Wrapper => [.. Transforms, .. own],
        _ => Optimizers,
    };
}
