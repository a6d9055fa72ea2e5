using System.Collections.Immutable;

namespace Functional.Optim;

/// <summary>Composition of optimizers and their parts.</summary>
public static class Composition
{
    /// <summary>The optimizer that does nothing: neutral in <see cref="Then"/>. By itself it applies the gradient as it is.</summary>
    public static Optimizer Identity { get; } = new Chain([]);

    /// <summary>
    /// The parts of one optimizer followed by those of another, as one optimizer that runs as one pass over memory (a part that
    /// needs the norm of what comes before it begins a pass of its own). Associative.
    /// </summary>
    /// <param name="first">What sees the gradient first.</param>
    /// <param name="second">What sees the update of the first.</param>
    /// <exception cref="ArgumentException">
    /// One of the two is a <see cref="Wrapper"/>, which has to be outermost, or a <see cref="FunctionOptimizer"/>.
    /// </exception>
    public static Optimizer Then(this Optimizer first, Optimizer second)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        if ((first as Wrapper ?? second as Wrapper) is { } wrapper)
            throw new ArgumentException($"{wrapper} is around a whole optimizer; put the parts inside it.");
        if ((first as FunctionOptimizer ?? second as FunctionOptimizer) is { } whole)
            throw new ArgumentException($"{whole} asks for loss and gradient itself, so it is no part of a composition.");
        return new Chain([.. ItemsOf(first), .. ItemsOf(second)]) { Groups = [.. first.Groups, .. second.Groups] };
    }

    /// <summary>An optimizer with groups, before those it has; it keeps its type, and with it the type of its state.</summary>
    /// <typeparam name="TOptimizer">The optimizer.</typeparam>
    /// <param name="optimizer">The optimizer.</param>
    /// <param name="groups">The groups; the first that matches a leaf gives it its settings.</param>
    public static TOptimizer WithGroups<TOptimizer>(this TOptimizer optimizer, params ReadOnlySpan<LeafGroup> groups)
        where TOptimizer : Optimizer
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        return (TOptimizer)((Optimizer)optimizer with { Groups = [.. groups, .. optimizer.Groups] });
    }

    /// <summary>
    /// An optimizer that keeps the slots of its elementwise parts in a format, such as 16 bits; it keeps its type. Rules of partitions
    /// and parts that have a format already keep that.
    /// </summary>
    /// <typeparam name="TOptimizer">The optimizer.</typeparam>
    /// <param name="optimizer">The optimizer.</param>
    /// <param name="format">The format.</param>
    /// <exception cref="ArgumentException">There is no such format.</exception>
    public static TOptimizer WithState<TOptimizer>(this TOptimizer optimizer, StateFormat format)
        where TOptimizer : Optimizer
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        return (TOptimizer)((Optimizer)optimizer with { StateFormat = format });
    }

    /// <summary>What an optimizer is composed of; its groups go to the composition.</summary>
    private static ImmutableArray<Optimizer> ItemsOf(Optimizer optimizer) => optimizer switch
    {
        Chain { StateFormat: null } chain => chain.Items,
        { Groups.IsEmpty: true } => [optimizer],
        _ => [optimizer with { Groups = [] }],
    };

    /// <summary>The parts of an optimizer that becomes part of another: a format that it has stays with them.</summary>
    internal static ImmutableArray<Transform> PartsOf(Optimizer optimizer) => optimizer.StateFormat is { } format
        ? [.. optimizer.Parts.Select(part => part.StateFormat is null ? part with { StateFormat = format } : part)]
        : optimizer.Parts;
}
