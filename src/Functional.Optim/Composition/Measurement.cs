using System.Numerics;
using System.Runtime.CompilerServices;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>
/// What a part sees of the update before it works on it: ranges of leaves that are treated alike, or single leaves where the part
/// asks for that; frozen leaves are in none.
/// </summary>
/// <typeparam name="T">float or double.</typeparam>
public readonly ref struct Measurement<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly ReadOnlySpan<Route.LeafRun> runs;
    private readonly ReadOnlySpan<T> updates;
    private readonly ReadOnlySpan<T> parameters;
    private readonly TreeLayout layout;
    private readonly Leaf[] frozen;
    private readonly bool isWhole;
    private readonly ParameterTree<T>? memo;

    /// <param name="layout">The layout of the tree.</param>
    /// <param name="frozen">The leaves that are in no range.</param>
    /// <param name="runs">The ranges.</param>
    /// <param name="updates">The update.</param>
    /// <param name="parameters">θ.</param>
    /// <param name="isWhole">Whether the ranges are all of the tree: then it is measured as one, so that the bits do not depend on them.</param>
    /// <param name="memo">The tree that the update is, which may know its norm already.</param>
    /// <param name="step">t.</param>
    internal Measurement(
        TreeLayout layout, Leaf[] frozen, ReadOnlySpan<Route.LeafRun> runs, ReadOnlySpan<T> updates, ReadOnlySpan<T> parameters,
        bool isWhole, ParameterTree<T>? memo, long step)
    {
        this.layout = layout;
        this.frozen = frozen;
        this.runs = runs;
        this.updates = updates;
        this.parameters = parameters;
        this.isWhole = isWhole;
        this.memo = memo;
        Step = step;
    }

    /// <summary>t, the number of the update being made, from 1.</summary>
    public long Step { get; }

    /// <summary>The number of ranges.</summary>
    public int Count => runs.Length;

    /// <summary>The leaf of a range; the first where a range has several.</summary>
    /// <param name="range">0 to <see cref="Count"/> − 1.</param>
    public Leaf Leaf(int range) => runs[range].Leaf;

    /// <summary>The settings of that leaf.</summary>
    /// <param name="range">0 to <see cref="Count"/> − 1.</param>
    public LeafSettings Settings(int range) => runs[range].Settings;

    /// <summary>The norm of the whole update.</summary>
    /// <param name="kind">How it is measured.</param>
    /// <exception cref="NonFiniteGradientException">An element is a NaN or an infinity.</exception>
    public double Norm(NormKind kind = NormKind.L2)
    {
        if (isWhole) return Finite(memo is { } tree && kind == NormKind.L2 ? tree.GlobalNorm() : Of(updates, kind));
        double norm = 0;
        for (int range = 0; range < runs.Length; range++)
        {
            double part = Of(updates[runs[range].Start..runs[range].End], kind);
            norm = kind switch { NormKind.L2 => double.Hypot(norm, part), NormKind.L1 => norm + part, _ => Math.Max(norm, part) };
        }

        return Finite(norm);
    }

    /// <summary>The norm of the update in a range.</summary>
    /// <param name="range">0 to <see cref="Count"/> − 1.</param>
    /// <param name="kind">How it is measured.</param>
    /// <exception cref="NonFiniteGradientException">An element is a NaN or an infinity.</exception>
    public double UpdateNorm(int range, NormKind kind = NormKind.L2) => Finite(Of(updates[runs[range].Start..runs[range].End], kind));

    /// <summary>The norm of the parameters in a range; NaN or infinite when an element is.</summary>
    /// <param name="range">0 to <see cref="Count"/> − 1.</param>
    /// <param name="kind">How it is measured.</param>
    public double ParameterNorm(int range, NormKind kind = NormKind.L2) =>
        Of(parameters[runs[range].Start..runs[range].End], kind);

    private double Finite(double norm) =>
        double.IsFinite(norm) ? norm : throw NonFiniteGradientException.In(layout, updates, frozen, Step);

    private static double Of(ReadOnlySpan<T> values, NormKind kind) => kind switch
    {
        NormKind.L2 => BlockReduction.Norm(values),
        NormKind.L1 => BlockReduction.Sum(values, default(Magnitude)),
        _ => BlockReduction.MaxAbs(values),
    };

    private readonly struct Magnitude : BlockReduction.IMap
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TLane Of<TLane>(TLane value)
            where TLane : struct, ILane<TLane, double> => TLane.Abs(value);
    }
}
