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
    public static Optimizer Then(this Optimizer first, Optimizer second)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        return new Chain([.. first.Parts, .. second.Parts]) { Groups = [.. first.Groups, .. second.Groups] };
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
}
