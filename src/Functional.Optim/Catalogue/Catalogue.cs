using System.Collections.Immutable;

namespace Functional.Optim;

/// <summary>What the library has, for programs that list it and build it by name from text.</summary>
public static class Catalogue
{
    /// <summary>Every schedule that is a function of the step alone; those made of others have no text.</summary>
    public static ImmutableArray<CatalogueEntry<Schedule>> Schedules => ScheduleEntries.All;

    /// <summary>The state machine that lowers the rate by a metric.</summary>
    public static CatalogueEntry<Plateau> Plateau => ScheduleEntries.Plateau;

    /// <summary>Every entry.</summary>
    public static ImmutableArray<CatalogueEntry> All { get; } = [.. Schedules, Plateau];
}
