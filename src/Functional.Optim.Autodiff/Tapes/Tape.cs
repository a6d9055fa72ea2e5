using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim.Autodiff;

/// <summary>
/// The operations of one computation, in order. After the computation the tape keeps its nodes and buffers and is
/// reused. A computation of a form that it had before, such as training and evaluation in turn, finds its nodes there
/// and allocates nothing. A tape is dropped when it was not used between two full garbage collections, or when it holds
/// far more memory than was used between them. Not thread-safe.
/// </summary>
internal sealed unsafe class Tape<T> : IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private static readonly IdleTapes<T> Idle = new();

    private readonly List<Node<T>> nodes = [];
    private readonly SpareBuffers<T> spare = new();

    /// <summary>The parameters that were looked up, by the index of their leaf.</summary>
    private ParameterNode<T>?[] known = [];

    /// <summary>Nodes that a computation of another form replaced, by type and in order.</summary>
    private readonly Dictionary<Type, Queue<Node<T>>> displaced = [];
    private ParameterTree<T> parameters;
    private TreeBuffer<T>? gradients;
    private int count;

    /// <summary>The memory of this tape, and how much of it is used.</summary>
    internal MemoryAccount Account { get; } = new();

    /// <summary>The number of this computation. Variables with another number are not valid any more.</summary>
    internal int Recording { get; private set; }

    internal static Tape<T> Rent() => Idle.TryTake() ?? new Tape<T>();

    /// <summary>Drops every idle tape.</summary>
    internal static void Trim() => Idle.Clear();

    /// <summary>Ends the computation and returns the tape to the pool.</summary>
    public void Dispose()
    {
        for (int index = 0; index < count; index++) nodes[index].Clear();
        Array.Clear(known);
        (parameters, gradients, count) = (default, null, 0);
        Recording++;
        if (Account.EndComputation()) Idle.Add(this);
    }

    internal Variables<T> Begin(ParameterTree<T> at, TreeBuffer<T>? gradientsOut)
    {
        parameters = at;
        gradients = gradientsOut;
        if (known.Length < at.Layout.Leaves.Length) known = new ParameterNode<T>?[at.Layout.Leaves.Length];
        return new Variables<T>(this);
    }

    internal Variable<T> Parameter(string name)
    {
        Leaf leaf = parameters.Layout[name];
        if (leaf.Rank > Shape.MaximumRank)
        {
            throw new ArgumentException(
                $"The leaf {leaf} has {leaf.Rank} dimensions; a variable has at most {Shape.MaximumRank}.",
                nameof(name));
        }

        if (known[leaf.Index] is { } node) return node.Output;
        node = Next<ParameterNode<T>>(new Shape(leaf.Shape.AsSpan()), requiresGradient: true);
        node.Bind(leaf, parameters, gradients);
        known[leaf.Index] = node;
        return node.Output;
    }

    /// <summary>The node of the next operation, with memory for its value.</summary>
    internal TNode Record<TNode>(Shape shape, params ReadOnlySpan<Variable<T>> inputs)
        where TNode : Node<T>, new()
    {
        bool requiresGradient = false;
        foreach (Variable<T> input in inputs) requiresGradient |= Own(input).RequiresGradient;
        TNode node = Next<TNode>(shape, requiresGradient);
        node.SetInputs(inputs);
        node.AllocateValue();
        return node;
    }

    /// <summary>Propagates gradients through the operations in reverse order, from ∂L/∂L = 1.</summary>
    internal void Backward(Variable<T> loss)
    {
        if (!Own(loss).RequiresGradient) return;
        *loss.Node.Sink().Address = T.One;
        for (int index = count - 1; index >= 0; index--)
        {
            Node<T> node = nodes[index];
            if (node.HasGradient) node.PropagateGradient();
            node.ReleaseGradient();
        }
    }

    internal AlignedBuffer<T> RentBuffer(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        Account.AddUsed((long)sizeof(T) * length);
        if (spare.TryTake(length) is { } buffer) return buffer;
        Account.AddHeld((long)sizeof(T) * length);
        return new AlignedBuffer<T>(length);
    }

    internal void ReturnBuffer(AlignedBuffer<T> buffer) => spare.Add(buffer);

    private Node<T> Own(Variable<T> variable) => ReferenceEquals(variable.Tape, this)
        ? variable.Node
        : throw new ArgumentException(
            $"The variable of shape {variable.Shape} belongs to another computation than the one it is used in.");

    private TNode Next<TNode>(Shape shape, bool requiresGradient)
        where TNode : Node<T>, new()
    {
        if (count == nodes.Count) nodes.Add(null!);
        if (nodes[count] is not TNode)
        {
            if (nodes[count] is { } other) Displaced(other.GetType()).Enqueue(other);
            nodes[count] = Displaced(typeof(TNode)).TryDequeue(out Node<T>? back) ? back : new TNode();
        }

        TNode node = (TNode)nodes[count++];
        node.Start(this, shape, requiresGradient);
        return node;
    }

    private Queue<Node<T>> Displaced(Type type)
    {
        if (!displaced.TryGetValue(type, out Queue<Node<T>>? queue)) displaced.Add(type, queue = []);
        return queue;
    }
}
