using System.Collections.Immutable;

namespace Functional.Optim;

/// <summary>What the library has, for programs that list it and build it by name from text.</summary>
/// <remarks>
/// A name is that of the factory in the code, and so are those of its options, which may be written in any case:
/// <c>Catalogue.Optimizers.Build("adamw(learningRate=cosine(peak=0.001, totalSteps=500), weightDecay=0.1, decay=matrices)")</c>.
/// </remarks>
public static class Catalogue
{
    /// <summary>Every optimizer that takes gradients.</summary>
    public static ImmutableArray<CatalogueEntry<Optimizer>> Optimizers => OptimizerEntries.All;

    /// <summary>The optimizer that takes a function and asks for loss and gradient itself.</summary>
    public static CatalogueEntry<Lbfgs> Lbfgs => OptimizerEntries.Lbfgs;

    /// <summary>What is around an optimizer and takes a function, too.</summary>
    public static CatalogueEntry<Optimizer> Sam => TransformEntries.Sam;

    /// <summary>Every part of an optimizer and everything around one; the parts that optimizers are named for are in those.</summary>
    public static ImmutableArray<CatalogueEntry<Optimizer>> Transforms => TransformEntries.All;

    /// <summary>Every schedule that is a function of the step alone; those made of others have no text.</summary>
    public static ImmutableArray<CatalogueEntry<Schedule>> Schedules => ScheduleEntries.All;

    /// <summary>The state machine that lowers the rate by a metric.</summary>
    public static CatalogueEntry<Plateau> Plateau => ScheduleEntries.Plateau;

    /// <summary>Every entry.</summary>
    public static ImmutableArray<CatalogueEntry> All { get; } = [.. Optimizers, Lbfgs, Sam, .. Transforms, .. Schedules, Plateau];
}
