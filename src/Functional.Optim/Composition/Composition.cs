using System.Collections.Immutable;

namespace Functional.Optim;

/// <summary>Composes optimizers and transforms.</summary>
public static class Composition
{
    /// <summary>
    /// The optimizer without transforms, the neutral element of <see cref="Then"/>. By
    /// itself it subtracts the gradient: θ' = θ − g.
    /// </summary>
    public static Optimizer Identity { get; } = new Chain([]);

    /// <summary>
    /// The transforms of one optimizer followed by those of another, as one optimizer. It runs as one pass over memory;
    /// a transform that needs the norm of its update starts another pass. Associative.
    /// </summary>
    /// <param name="first">The optimizer that gets the gradient.</param>
    /// <param name="second">The optimizer that gets the update of the first.</param>
    /// <exception cref="ArgumentException">
    /// One of the two is a <see cref="Wrapper"/>, which must be outermost, or a <see cref="FunctionOptimizer"/>.
    /// </exception>
    public static Optimizer Then(this Optimizer first, Optimizer second)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        if ((first as Wrapper ?? second as Wrapper) is { } wrapper)
            throw new ArgumentException($"{wrapper} wraps a whole optimizer; compose the transforms inside it.");
        if ((first as FunctionOptimizer ?? second as FunctionOptimizer) is { } whole)
            throw new ArgumentException($"{whole} evaluates loss and gradient itself, so it cannot be composed.");
        return new Chain([.. ItemsOf(first), .. ItemsOf(second)]) { Groups = [.. first.Groups, .. second.Groups] };
    }

    /// <summary>
    /// Adds groups, before the groups that the optimizer has. The type of the optimizer and of its state stay the same.
    /// </summary>
    /// <typeparam name="TOptimizer">The type of the optimizer.</typeparam>
    /// <param name="optimizer">The optimizer.</param>
    /// <param name="groups">The groups. A leaf gets the settings of the first group that matches it.</param>
    public static TOptimizer WithGroups<TOptimizer>(this TOptimizer optimizer, params ReadOnlySpan<LeafGroup> groups)
        where TOptimizer : Optimizer
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        return (TOptimizer)((Optimizer)optimizer with { Groups = [.. groups, .. optimizer.Groups] });
    }

    /// <summary>
    /// Multiplies the learning rate of every leaf, whatever its schedule; state and identity stay the same.
    /// </summary>
    /// <typeparam name="TOptimizer">The type of the optimizer.</typeparam>
    /// <param name="optimizer">The optimizer; each leaf must have a learning rate, unless the factor is 1.</param>
    /// <param name="factor">The factor; finite and not negative.</param>
    /// <exception cref="ArgumentException">The factor is negative or not finite.</exception>
    public static TOptimizer ScaleLearningRate<TOptimizer>(this TOptimizer optimizer, double factor)
        where TOptimizer : Optimizer
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        Bounds.NotNegative.Check(factor, nameof(factor));
        if (factor == 1) return optimizer;
        ImmutableArray<LeafGroup> groups =
        [
            .. optimizer.Groups.Select(group => group with { Settings = group.Settings.Scaled(factor) }),
            new("rest", LeafFilter.All, LeafSettings.Default.Scaled(factor)),
        ];
        return (TOptimizer)((Optimizer)optimizer with { Groups = groups });
    }

    /// <summary>
    /// Stores the slots of elementwise transforms in a format, such as 16 bits. The type of the optimizer stays the
    /// same. Partition rules and transforms that have a format keep it.
    /// </summary>
    /// <typeparam name="TOptimizer">The type of the optimizer.</typeparam>
    /// <param name="optimizer">The optimizer.</param>
    /// <param name="format">The format.</param>
    /// <exception cref="ArgumentException">There is no such format.</exception>
    public static TOptimizer WithState<TOptimizer>(this TOptimizer optimizer, StateFormat format)
        where TOptimizer : Optimizer
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        return (TOptimizer)((Optimizer)optimizer with { StateFormat = format });
    }

    /// <summary>The items of an optimizer for a composition, without groups: the composition has those.</summary>
    private static ImmutableArray<Optimizer> ItemsOf(Optimizer optimizer) => optimizer switch
    {
        Chain { StateFormat: null } chain => chain.Items,
        { Groups.IsEmpty: true } => [optimizer],
        _ => [optimizer with { Groups = [] }],
    };

    /// <summary>The transforms of an optimizer for a composition. They take over its format, if it has one.</summary>
    internal static ImmutableArray<Transform> TransformsOf(Optimizer optimizer) => optimizer.StateFormat is { } format
        ? [.. optimizer.Transforms.Select(part => part.StateFormat is null ? part with { StateFormat = format } : part)]
        : optimizer.Transforms;
}
