using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Functional.Optim;

/// <summary>
/// An optimizer over parameters in memory that it does not own. A step changes them in place and copies nothing; the
/// bits are those of a step over a tree. Not thread-safe: call one method at a time.
/// </summary>
/// <typeparam name="T">float or double.</typeparam>
public sealed class InPlaceOptimizer<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Optimizer optimizer;
    private readonly LeafBinding<T>[] bindings;
    private readonly MemoryHandle[] handles;
    private readonly nint[] parameters;
    private readonly nint[] gradients;
    private readonly bool[] hasGradient;
    private readonly long[] missed;
    private ScatteredLeaves leaves;
    private OptimizerState<T> state;

    internal InPlaceOptimizer(Optimizer optimizer, ReadOnlySpan<LeafBinding<T>> bindings)
    {
        this.optimizer = optimizer;
        this.bindings = bindings.ToArray();
        Layout = TreeLayout.Of([.. this.bindings.Select(binding => (binding.Name, binding.Shape.ToArray()))]);
        handles = new MemoryHandle[2 * bindings.Length];
        (parameters, gradients) = (new nint[bindings.Length], new nint[bindings.Length]);
        (hasGradient, missed) = (new bool[bindings.Length], new long[bindings.Length]);
        leaves = new ScatteredLeaves(new bool[bindings.Length]);
        try
        {
            Pin();
            RequireNoOverlap();
            state = optimizer.Init(Parameters());
        }
        finally
        {
            Unpin();
        }
    }

    /// <summary>The names and shapes of the bindings.</summary>
    public TreeLayout Layout { get; }

    /// <summary>
    /// The state after the last step, an ordinary state. Read it to save it; set it to continue from a loaded one. The
    /// next step consumes it; <see cref="OptimizerState{T}.Copy"/> makes a copy to keep.
    /// </summary>
    /// <exception cref="ArgumentException">
    /// The new state does not belong to this optimizer and these leaves.
    /// </exception>
    public OptimizerState<T> State
    {
        get
        {
            CountMissed();
            return state;
        }

        set
        {
            value.RequireFit(optimizer.SchemaFor(Layout, value.Starts), Layout, optimizer);
            state = value;
            missed.AsSpan().Clear();
        }
    }

    /// <summary>The number of finished updates, as that of <see cref="State"/>.</summary>
    public long Updates => state.Step;

    /// <summary>
    /// Moves a binding of native memory, where parameter or gradient of the next steps lie elsewhere or there is no
    /// gradient. Whether memory overlaps is not looked at again. It allocates nothing.
    /// </summary>
    /// <param name="leaf">The index of the leaf in <see cref="Layout"/>.</param>
    /// <param name="parameters">The address of θ, with as many elements as the shape.</param>
    /// <param name="gradients">
    /// The address of g; <see langword="null"/> where there is none, so that steps leave the leaf and its state as they
    /// are.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such leaf.</exception>
    /// <exception cref="ArgumentException">
    /// An address is not aligned, that of θ is null, or the binding is not one of native memory.
    /// </exception>
    public unsafe void Rebind(int leaf, T* parameters, T* gradients)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(leaf);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(leaf, bindings.Length);
        if (!bindings[leaf].IsNative)
        {
            throw new ArgumentException(
                $"{Layout.Leaves[leaf]} is bound to managed memory; allowed is a leaf bound to an address.",
                nameof(leaf));
        }

        if (Layout.Leaves[leaf].Length > 0)
        {
            RequireAddress("parameter", Layout.Leaves[leaf], (nint)parameters, mayBeNull: false);
            RequireAddress("gradient", Layout.Leaves[leaf], (nint)gradients, mayBeNull: true);
        }

        bindings[leaf] = bindings[leaf].At((nint)parameters, (nint)gradients);
    }

    /// <summary>
    /// Makes one update of the parameters in place. If it throws, nothing has changed, and nothing changes where no leaf
    /// has a gradient.
    /// </summary>
    /// <remarks>
    /// A leaf without a gradient (<see cref="Rebind"/>) stays as it is, and its slots do: they miss this update
    /// (<see cref="OptimizerState{T}.SlotStarts"/>). Norms are those of the others. The first step with other leaves
    /// compiles a plan for them, as the first step at all does.
    /// </remarks>
    /// <exception cref="NonFiniteGradientException">
    /// A transform that needs the norm found a NaN or an infinity.
    /// </exception>
    /// <exception cref="ArithmeticException">A rate or a scalar of the state is not finite.</exception>
    public void Step()
    {
        try
        {
            Pin();
            if (!FindGradients()) return;
            state = optimizer.StepScattered(
                Layout, leaves, new LeafMemory<T>(parameters), new LeafMemory<T>(gradients), state);
        }
        finally
        {
            Unpin();
        }

        for (int leaf = 0; leaf < missed.Length; leaf++)
            if (!hasGradient[leaf]) missed[leaf]++;
    }

    /// <summary>A copy of the parameters as a tree.</summary>
    public ParameterTree<T> ToTree()
    {
        try
        {
            Pin();
            return Parameters();
        }
        finally
        {
            Unpin();
        }
    }

    /// <summary>Finds which leaves have a gradient; false where none has.</summary>
    private bool FindGradients()
    {
        bool any = false, returns = false;
        foreach (Leaf leaf in Layout.Leaves)
        {
            bool has = gradients[leaf.Index] != 0 || leaf.Length == 0;
            hasGradient[leaf.Index] = has;
            any |= has && leaf.Length > 0;
            returns |= has && missed[leaf.Index] > 0;
        }

        if (!any && Layout.ParameterCount > 0) return false;
        // The starts change where a leaf comes back, not at each step that it misses: those change the plan.
        if (returns) CountMissed();
        if (!leaves.Are(hasGradient)) leaves = new ScatteredLeaves([.. hasGradient]);
        return true;
    }

    /// <summary>Counts the updates that leaves missed in their starts.</summary>
    private void CountMissed()
    {
        if (!missed.AsSpan().ContainsAnyExcept(0)) return;
        state = state.Missing(Layout, missed, "InPlaceOptimizer; use its State");
        missed.AsSpan().Clear();
    }

    /// <summary>
    /// Goes on over other memory, with the same names and shapes. If that memory is not allowed, it stays where it was.
    /// </summary>
    internal void RebindAll(ReadOnlySpan<LeafBinding<T>> other)
    {
        LeafBinding<T>[] before = [.. bindings];
        other.CopyTo(bindings);
        try
        {
            Pin();
            RequireNoOverlap();
        }
        catch
        {
            before.CopyTo(bindings);
            throw;
        }
        finally
        {
            Unpin();
        }
    }

    /// <summary>Overwrites the parameters by those of a tree of this layout.</summary>
    internal void CopyFrom(ParameterTree<T> tree)
    {
        try
        {
            Pin();
            LeafMemory<T> memory = new(parameters);
            foreach (Leaf leaf in Layout.Leaves) tree.AsSpan(leaf).CopyTo(memory.Span(leaf, leaf.Offset, leaf.Length));
        }
        finally
        {
            Unpin();
        }
    }

    private ParameterTree<T> Parameters()
    {
        TreeBuffer<T> tree = Layout.Rent<T>();
        LeafMemory<T> memory = new(parameters);
        foreach (Leaf leaf in Layout.Leaves) memory.Span(leaf, leaf.Offset, leaf.Length).CopyTo(tree.AsSpan(leaf));
        return tree.ToTree();
    }

    private void Pin()
    {
        for (int leaf = 0; leaf < bindings.Length; leaf++)
            (parameters[leaf], gradients[leaf]) = bindings[leaf].Pin(
                out handles[2 * leaf], out handles[(2 * leaf) + 1]);
    }

    private void Unpin()
    {
        foreach (ref MemoryHandle handle in handles.AsSpan()) handle.Dispose();
    }

    private static void RequireAddress(string role, Leaf leaf, nint address, bool mayBeNull)
    {
        if (address == 0 && !mayBeNull)
            throw new ArgumentException($"The address of the {role} of {leaf} is null.");
        if (address % Unsafe.SizeOf<T>() != 0)
        {
            throw new ArgumentException(
                $"The address of the {role} of {leaf}, {(nuint)address}, is not a multiple of "
                + $"{Unsafe.SizeOf<T>()} bytes.");
        }
    }

    /// <summary>
    /// Checks that each memory has the length of its shape and is aligned to its elements, and
    /// that no parameter overlaps other memory.
    /// </summary>
    private void RequireNoOverlap()
    {
        List<(nuint Start, nuint End, string What, bool IsWritten)> ranges = [];
        foreach (Leaf leaf in Layout.Leaves)
        {
            LeafBinding<T> binding = bindings[leaf.Index];
            Add("parameter", parameters[leaf.Index], binding.ParameterLength, isWritten: true);
            Add("gradient", gradients[leaf.Index], binding.GradientLength, isWritten: false);

            void Add(string role, nint address, int length, bool isWritten)
            {
                string what = $"the {role} of {leaf}";
                if (length >= 0 && length != leaf.Length)
                {
                    throw new ArgumentException(
                        $"The memory of {what} has {length} elements; its shape has {leaf.Length}.", nameof(bindings));
                }

                if (leaf.Length == 0) return;
                RequireAddress(role, leaf, address, mayBeNull: binding.MayLackGradient && !isWritten);
                if (address == 0) return;
                nuint start = (nuint)address, bytes = (nuint)leaf.Length * (nuint)Unsafe.SizeOf<T>();
                if (bytes > nuint.MaxValue - start)
                {
                    throw new ArgumentException(
                        $"The memory of {what}, {bytes} bytes from {start} on, ends beyond the last address.",
                        nameof(bindings));
                }

                ranges.Add((start, start + bytes, what, isWritten));
            }
        }

        ranges.Sort((left, right) => left.Start.CompareTo(right.Start));
        (nuint Start, nuint End, string What, bool IsWritten) furthest = (0, 0, "", false), written = furthest;
        foreach ((nuint Start, nuint End, string What, bool IsWritten) range in ranges)
        {
            if (range.IsWritten && furthest.End > range.Start) throw Overlap(furthest.What, range.What);
            if (written.End > range.Start) throw Overlap(written.What, range.What);
            if (range.End > furthest.End) furthest = range;
            if (range.IsWritten && range.End > written.End) written = range;
        }

        static ArgumentException Overlap(string left, string right) =>
            new(
                $"The memory of {left} and that of {right} overlap; memory that is written must not.",
                nameof(bindings));
    }
}
