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
    private OptimizerState<T> state;

    internal InPlaceOptimizer(Optimizer optimizer, ReadOnlySpan<LeafBinding<T>> bindings)
    {
        this.optimizer = optimizer;
        this.bindings = bindings.ToArray();
        Layout = TreeLayout.Of([.. this.bindings.Select(binding => (binding.Name, binding.Shape.ToArray()))]);
        handles = new MemoryHandle[2 * bindings.Length];
        (parameters, gradients) = (new nint[bindings.Length], new nint[bindings.Length]);
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
        get => state;
        set
        {
            value.RequireFit(optimizer.SchemaFor(Layout, value.Starts), Layout, optimizer);
            state = value;
        }
    }

    /// <summary>Makes one update of the parameters in place. If it throws, nothing has changed.</summary>
    /// <exception cref="NonFiniteGradientException">
    /// A transform that needs the norm found a NaN or an infinity.
    /// </exception>
    /// <exception cref="ArithmeticException">A rate or a scalar of the state is not finite.</exception>
    public void Step()
    {
        try
        {
            Pin();
            state = optimizer.StepScattered(Layout, new LeafMemory<T>(parameters), new LeafMemory<T>(gradients), state);
        }
        finally
        {
            Unpin();
        }
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

    /// <summary>
    /// Goes on over other memory, with the same names and shapes. If that memory is not allowed, it stays where it was.
    /// </summary>
    internal void Rebind(ReadOnlySpan<LeafBinding<T>> other)
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

    /// <summary>
    /// Checks that each memory has the length of its shape and is aligned to its elements, and
    /// that no parameter overlaps other memory.
    /// </summary>
    private void RequireNoOverlap()
    {
        List<(nint Start, nint End, string What, bool IsWritten)> ranges = [];
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
                if (address == 0) throw new ArgumentException($"The address of {what} is null.", nameof(bindings));
                if (address % Unsafe.SizeOf<T>() != 0)
                {
                    throw new ArgumentException(
                        $"The address of {what}, {address}, is not a multiple of {Unsafe.SizeOf<T>()} bytes.",
                        nameof(bindings));
                }

                ranges.Add((address, address + ((nint)leaf.Length * Unsafe.SizeOf<T>()), what, isWritten));
            }
        }

        ranges.Sort((left, right) => left.Start.CompareTo(right.Start));
        (nint Start, nint End, string What, bool IsWritten) furthest = (0, 0, "nothing", false), written = furthest;
        foreach ((nint Start, nint End, string What, bool IsWritten) range in ranges)
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
