using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>
/// The update before a transform changes it, for measuring. It consists of ranges of leaves with the same settings, or
/// of single leaves where the transform asks for that. Frozen leaves are in no range.
/// </summary>
/// <typeparam name="T">float or double.</typeparam>
public readonly ref struct UpdateStatistics<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly StepRun<T> run;
    private readonly MeasureStep step;
    private readonly LeafMemory<T> updates;

    internal UpdateStatistics(StepRun<T> run, MeasureStep step, LeafMemory<T> updates)
    {
        this.run = run;
        this.step = step;
        this.updates = updates;
    }

    /// <summary>t, the number of this update, from 1.</summary>
    public long Step => run.Step;

    /// <summary>The number of updates of the slots of a range, this one included; bias correction uses it.</summary>
    /// <param name="range">0 to <see cref="Count"/> − 1.</param>
    public long SlotStep(int range) => Step - SlotPlan.StartOf(run.Plan.Slots, step.Placed, Leaf(range));

    /// <summary>The number of ranges.</summary>
    public int Count => step.Segments.Length;

    /// <summary>
    /// The scalars of the transform, those of the last step. Scalars that depend
    /// on the measured values are updated here.
    /// </summary>
    public Span<double> Scalars => run.Scalars.AsSpan(step.Placed.FirstScalar, step.Placed.ScalarNames.Length);

    /// <summary>The leaf of a range; the first leaf when there are several.</summary>
    /// <param name="range">0 to <see cref="Count"/> − 1.</param>
    public Leaf Leaf(int range) => step.Segments[range].Leaf;

    /// <summary>The settings of that leaf.</summary>
    /// <param name="range">0 to <see cref="Count"/> − 1.</param>
    public LeafSettings Settings(int range) => step.Segments[range].Settings;

    /// <summary>The norm of the whole update.</summary>
    /// <param name="kind">The kind of norm.</param>
    /// <exception cref="NonFiniteGradientException">An element is a NaN or an infinity.</exception>
    public double Norm(NormKind kind = NormKind.L2)
    {
        // A whole tree is measured at once, so that the bits do not depend on how it is cut into ranges.
        if (step.IsOfAll && run.Plan is { Frozen.Length: 0, WithoutGradient.IsEmpty: true })
        {
            return Finite(
                !updates.IsFlat ? ScatteredNorm.Of(updates, run.Plan, kind)
                : step.ReadsGradient && kind == NormKind.L2
                    && !run.GradientTree.IsDefault ? run.GradientTree.GlobalNorm()
                : run.Plan.Shard is { } whole ? whole.Norm<T>(updates.Flat(run.Plan.TotalLength), kind)
                : Of(updates.Flat(run.Plan.TotalLength), kind));
        }

        // A part of a tree is measured leaf by leaf, for the same reason.
        using LeafParts parts = new(run.Plan);
        foreach (LeafClass leafClass in step.Classes)
        {
            foreach (Leaf leaf in leafClass.Leaves)
                if (leaf.Start is null) parts[leaf] = Of(updates.Span(leaf, leaf.Offset, leaf.Length), kind);
        }

        Span<double> norms = parts.Shared();
        if (run.Plan.Shard is { } shard) AddCut(shard, kind, norms);
        return Finite(kind switch
        {
            NormKind.L2 => LeafParts.Norm(norms),
            NormKind.L1 => LeafParts.Sum(norms),
            _ => LeafParts.Max(norms),
        });
    }

    /// <summary>The norm of the update in a range.</summary>
    /// <param name="range">0 to <see cref="Count"/> − 1.</param>
    /// <param name="kind">The kind of norm.</param>
    /// <exception cref="NonFiniteGradientException">An element is a NaN or an infinity.</exception>
    public double UpdateNorm(int range, NormKind kind = NormKind.L2)
    {
        double norm = step.IsOfUnwritten ? Unwritten(range).Norms(withParameters: false).OfUpdate
            : Of(Update(range), kind);
        return FiniteIn(range, norm);
    }

    /// <summary>The norm of the parameters in a range; NaN or infinite when an element is.</summary>
    /// <param name="range">0 to <see cref="Count"/> − 1.</param>
    /// <param name="kind">The kind of norm.</param>
    public double ParameterNorm(int range, NormKind kind = NormKind.L2)
    {
        Segment segment = step.Segments[range];
        return Of(run.Parameters.Span(segment.Leaf, segment.Start, segment.End - segment.Start), kind);
    }

    /// <summary>
    /// The norms of the parameters and of the update in a range. Where the update is not written yet, both are measured
    /// at once.
    /// </summary>
    /// <exception cref="NonFiniteGradientException">An element of the update is a NaN or an infinity.</exception>
    internal (double OfParameters, double OfUpdate) Norms(int range)
    {
        if (!step.IsOfUnwritten) return (ParameterNorm(range), UpdateNorm(range));
        (double ofParameters, double ofUpdate) = Unwritten(range).Norms(withParameters: true);
        return (ofParameters, FiniteIn(range, ofUpdate));
    }

    /// <summary>
    /// The sum Σr of what a rule returns over a range, and that of what it leaves in its first slot, in double. The rule
    /// sees the parameters, the update and the slots of the transform, those of the last step; its own are the first of
    /// them. Nothing that it leaves in a slot is kept.
    /// </summary>
    /// <typeparam name="TRule">The rule, which returns a term for each element.</typeparam>
    /// <param name="range">0 to <see cref="Count"/> − 1.</param>
    /// <param name="rule">The rule.</param>
    /// <exception cref="NonFiniteGradientException">A sum is a NaN or an infinity.</exception>
    public (double Returned, double InFirstSlot) Sums<TRule>(int range, in TRule rule)
        where TRule : unmanaged, IUpdateRule<T>
    {
        (double returned, double inSlot) = RuleReduction.Sums(rule, Memory(range), Start(range), End(range));
        return (Finite(returned, range), Finite(inSlot, range));
    }

    /// <summary>The norm √Σr² of what a rule returns over a range; see <see cref="Sums{TRule}"/>.</summary>
    /// <typeparam name="TRule">The rule, which returns a term for each element.</typeparam>
    /// <param name="range">0 to <see cref="Count"/> − 1.</param>
    /// <param name="rule">The rule.</param>
    /// <exception cref="NonFiniteGradientException">The norm is a NaN or an infinity.</exception>
    public double Norm<TRule>(int range, in TRule rule)
        where TRule : unmanaged, IUpdateRule<T> =>
        Finite(RuleReduction.Norm(rule, Memory(range), Start(range), End(range)), range);

    /// <summary>Numbers of each leaf, to be put together over all shards.</summary>
    internal LeafParts Parts(int columns = 1) => new(run.Plan, columns);

    /// <summary>The sum over the leaves of all shards.</summary>
    /// <exception cref="NonFiniteGradientException">It is a NaN or an infinity.</exception>
    internal double Sum(LeafParts parts, int column = 0) => Finite(LeafParts.Sum(parts.Shared(column)));

    /// <summary>The norm over the leaves of all shards.</summary>
    /// <exception cref="NonFiniteGradientException">It is a NaN or an infinity.</exception>
    internal double Norm(LeafParts parts, int column = 0) => Finite(LeafParts.Norm(parts.Shared(column)));

    private PassMemory<T> Memory(int range) => run.MeasuredMemory(step.Placed, step.Segments[range], updates);

    private int Start(int range) => step.Segments[range].Start;

    private int End(int range) => step.Segments[range].End;

    /// <summary>The norms of leaves that lie in several shards.</summary>
    private void AddCut(TreeShard shard, NormKind kind, Span<double> norms)
    {
        foreach (Leaf cut in shard.CutLeaves)
        {
            Leaf leaf = run.Plan.Leaves[cut.Index];
            if (!step.Has(run.Plan.LeafPlans[cut.Index])) continue;
            norms[cut.Index] = new ShardNorm(shard, cut.Offset, cut.Offset + cut.Length).Of(
                updates.Span(leaf, leaf.Offset, leaf.Length), cut.Offset + (leaf.Start ?? 0), after: [], kind);
        }
    }

    private ReadOnlySpan<T> Update(int range)
    {
        Segment segment = step.Segments[range];
        return updates.Span(segment.Leaf, segment.Start, segment.End - segment.Start);
    }

    private UnwrittenUpdate<T> Unwritten(int range)
    {
        int index = 0;
        while (range >= step.Classes[index].Segments.Length) range -= step.Classes[index++].Segments.Length;
        return Unwritten(index, range);
    }

    private UnwrittenUpdate<T> Unwritten(int leafClass, int segment) => new(
        run.BoundPassOf(step.Unwritten[leafClass])!, segment, step.Classes[leafClass].Segments[segment].Leaf);

    private double FiniteIn(int range, double norm) =>
        run.Plan.Shard is null ? Finite(norm) : Finite(norm, range);

    private double Finite(double norm)
    {
        if (double.IsFinite(norm)) return norm;
        Leaf? first = null;
        for (int index = 0; index < step.Classes.Length; index++)
        {
            for (int of = 0; of < step.Classes[index].Leaves.Length; of++)
            {
                Leaf leaf = step.Classes[index].Leaves[of];
                if (first is not null && first.Index < leaf.Index) continue;
                double largest = step.IsOfUnwritten
                    ? Unwritten(index, step.Classes[index].SegmentsOfLeaves[of]).MaxAbs()
                    : BlockReduction.MaxAbs<T>(updates.Span(leaf, leaf.Offset, leaf.Length));
                if (!double.IsFinite(largest)) first = leaf;
            }
        }

        if (run.Plan.Shard is { } shard) first = shard.First(first);
        throw new NonFiniteGradientException(first?.Name ?? "every leaf together", Step);
    }

    /// <summary>What was made of a range: where the update itself is finite, the parameters or slots are not.</summary>
    private double Finite(double measured, int range)
    {
        if (double.IsFinite(measured)) return measured;
        if (run.Plan.Shard is not null)
        {
            run.RefuseTogether(Leaf(range));
            return measured;
        }

        Finite(step.IsOfUnwritten ? Unwritten(range).MaxAbs() : BlockReduction.MaxAbs(Update(range)));
        throw NonFiniteGradientException.OfState("parameters and state", Leaf(range).Name, Step - 1);
    }

    private static double Of(ReadOnlySpan<T> values, NormKind kind) => kind switch
    {
        NormKind.L2 => BlockReduction.Norm(values),
        NormKind.L1 => BlockReduction.Sum(values, default(Magnitude)),
        _ => BlockReduction.MaxAbs(values),
    };
}
