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
    private readonly Plan plan;
    private readonly ParameterTree<T>? whole;

    internal Measurement(
        Plan plan, ReadOnlySpan<Route.LeafRun> runs, ReadOnlySpan<T> updates, ReadOnlySpan<T> parameters, ParameterTree<T>? whole, long step)
    {
        this.plan = plan;
        this.runs = runs;
        this.updates = updates;
        this.parameters = parameters;
        this.whole = whole;
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
        double norm = 0;
        if (whole is { } tree && kind == NormKind.L2)
        {
            norm = tree.GlobalNorm();
        }
        else
        {
            for (int range = 0; range < runs.Length; range++)
            {
                double part = Of(updates, range, kind);
                norm = kind switch { NormKind.L2 => double.Hypot(norm, part), NormKind.L1 => norm + part, _ => Math.Max(norm, part) };
            }
        }

        return Finite(norm);
    }

    /// <summary>The norm of the update in a range.</summary>
    /// <param name="range">0 to <see cref="Count"/> − 1.</param>
    /// <param name="kind">How it is measured.</param>
    /// <exception cref="NonFiniteGradientException">An element is a NaN or an infinity.</exception>
    public double UpdateNorm(int range, NormKind kind = NormKind.L2) => Finite(Of(updates, range, kind));

    /// <summary>The norm of the parameters in a range; NaN or infinite when an element is.</summary>
    /// <param name="range">0 to <see cref="Count"/> − 1.</param>
    /// <param name="kind">How it is measured.</param>
    public double ParameterNorm(int range, NormKind kind = NormKind.L2) => Of(parameters, range, kind);

    private double Finite(double norm) =>
        double.IsFinite(norm) ? norm : throw NonFiniteGradientException.In(plan.Layout, updates, plan.Frozen, Step);

    private double Of(ReadOnlySpan<T> values, int range, NormKind kind)
    {
        ReadOnlySpan<T> part = values[runs[range].Start..runs[range].End];
        return kind switch
        {
            NormKind.L2 => BlockReduction.Norm(part),
            NormKind.L1 => BlockReduction.Sum(part, default(Magnitude)),
            _ => BlockReduction.MaxAbs(part),
        };
    }

    private readonly struct Magnitude : BlockReduction.IMap
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TLane Of<TLane>(TLane value)
            where TLane : struct, ILane<TLane, double> => TLane.Abs(value);
    }
}
