using System.Buffers;
using System.Collections.Immutable;
using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>
/// The part of a tree that one of several processes updates: a range of the flat buffer, as a layout of pieces of
/// leaves. An optimizer runs over a shard as over any tree, and keeps state for it only; all shards together have the
/// bits of one step over the whole tree.
/// </summary>
/// <remarks>
/// Every leaf is in the layout of every shard, with no elements where it lies in others; a piece has the name and the
/// shape of the whole leaf, so that filters and groups see no difference. Leaves of which the optimizer needs the whole,
/// such as matrices of <see cref="Muon"/> or leaves with a norm of their own, are never cut: shards are then as equal as
/// such leaves allow. Pieces of other leaves start at multiples of 4096 elements.
/// </remarks>
public sealed class TreeShard
{
    private readonly ImmutableArray<int> leafStarts;

    /// <summary>
    /// What this process sends to each of the head of its shard, which belongs to a block of the global norm that starts
    /// in another shard, and what it receives of theirs.
    /// </summary>
    private readonly int[] headsSent, headsReceived;

    private TreeShard(TreeLayout whole, IRanks ranks, ImmutableArray<int> starts)
    {
        (Whole, Ranks, Starts) = (whole, ranks, starts);
        leafStarts =
        [
            .. starts.Select(start => whole.Leaves.Count(leaf => leaf.Length == 0
                ? leaf.Offset < start
                : leaf.Offset + leaf.Length <= start)),
        ];
        (headsSent, headsReceived) = (new int[starts.Length], new int[starts.Length]);
        for (int rank = 0; rank < ranks.Count; rank++)
        {
            int inBlock = starts[rank] & (BlockReduction.BlockSize - 1), blockStart = starts[rank] - inBlock;
            int head = inBlock == 0
                ? 0 : Math.Min(BlockReduction.BlockSize - inBlock, starts[rank + 1] - starts[rank]);
            int receiver = rank;
            while (starts[receiver] > blockStart) receiver--;
            headsReceived[rank + 1] = headsReceived[rank] + (receiver == ranks.Rank ? head : 0);
            if (rank == ranks.Rank) headsSent.AsSpan(receiver + 1).Fill(head);
        }

        CutLeaves =
        [
            .. whole.Leaves.Where(leaf =>
                starts.Any(start => leaf.Offset < start && start < leaf.Offset + leaf.Length)),
        ];
        (string, int[])[] leaves = [.. whole.Leaves.Select(leaf => (leaf.Name, leaf.Shape.ToArray()))];
        Layout = ranks.Count == 1 ? whole : TreeLayout.Of(leaves, [.. whole.Leaves.Select(PieceOf)], this);
    }

    /// <summary>The layout of the whole tree.</summary>
    public TreeLayout Whole { get; }

    /// <summary>The layout of this shard, which of one process is that of the whole tree.</summary>
    public TreeLayout Layout { get; }

    /// <summary>The processes that have the shards.</summary>
    public IRanks Ranks { get; }

    /// <summary>The first index of each shard in the flat buffer of the whole tree, and its length.</summary>
    public ImmutableArray<int> Starts { get; }

    /// <summary>The first index of this shard.</summary>
    public int Start => Starts[Ranks.Rank];

    /// <summary>One more than its last index.</summary>
    internal int End => Starts[Ranks.Rank + 1];

    /// <summary>The leaves of the whole tree that lie in more than one shard.</summary>
    internal ImmutableArray<Leaf> CutLeaves { get; }

    /// <summary>Cuts a tree for an optimizer.</summary>
    /// <param name="optimizer">The optimizer, which says which leaves are whole.</param>
    /// <param name="whole">The layout of the whole tree.</param>
    /// <param name="ranks">The processes; this one gets the shard of its rank.</param>
    /// <exception cref="ArgumentException">
    /// The optimizer asks for loss and gradient itself, and needs the whole tree.
    /// </exception>
    public static TreeShard Of(Optimizer optimizer, TreeLayout whole, IRanks ranks)
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        ArgumentNullException.ThrowIfNull(whole);
        ArgumentNullException.ThrowIfNull(ranks);
        if (optimizer is FunctionOptimizer)
        {
            throw new ArgumentException(
                $"{optimizer} asks for loss and gradient at other parameters, of the whole tree; shard an optimizer of "
                + "gradients.", nameof(optimizer));
        }

        LeafPlan[] plans = optimizer.PlanFor(whole, null).LeafPlans;
        ImmutableArray<int>.Builder starts = ImmutableArray.CreateBuilder<int>(ranks.Count + 1);
        starts.Add(0);
        for (int rank = 1; rank < ranks.Count; rank++)
        {
            int ideal = (int)((long)whole.TotalLength * rank / ranks.Count);
            starts.Add(Math.Max(starts[^1], CutNear(ideal, whole, plans)));
        }

        starts.Add(whole.TotalLength);
        return new(whole, ranks, starts.MoveToImmutable());
    }

    /// <summary>A copy of this shard of a whole tree.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="tree">The whole tree.</param>
    /// <exception cref="ArgumentException">The tree has another layout.</exception>
    public ParameterTree<T> Cut<T>(ParameterTree<T> tree)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Whole.RequireSame(tree.Layout, nameof(tree));
        return Tree(tree.AsSpan().Slice(Start, Layout.TotalLength));
    }

    /// <summary>The whole tree of the shards of all processes, which call it together.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="tree">The shard of this process.</param>
    /// <returns>A tree of its own.</returns>
    /// <exception cref="ArgumentException">The tree has another layout.</exception>
    public ParameterTree<T> Gather<T>(ParameterTree<T> tree)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Layout.RequireSame(tree.Layout, nameof(tree));
        TreeBuffer<T> gathered = Whole.RentUncleared<T>();
        tree.AsSpan().CopyTo(gathered.AsSpan()[Start..]);
        Ranks.AllGather(gathered.AsSpan(), Starts.AsSpan());
        return gathered.ToTree();
    }

    /// <summary>The norm of a whole tree, of the elements of each shard.</summary>
    internal double Norm<T>(ReadOnlySpan<T> own, NormKind kind)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        T[] rented = ArrayPool<T>.Shared.Rent(headsReceived[^1]);
        Span<T> heads = rented.AsSpan(0, headsReceived[^1]);
        Ranks.AllToAll(own[..headsSent[^1]], headsSent, heads, headsReceived);
        double norm = new ShardNorm(this, 0, Whole.TotalLength).Of(own, Start, heads, kind);
        ArrayPool<T>.Shared.Return(rented);
        return norm;
    }

    /// <summary>Gives every process one number for each leaf that is not cut: each fills those of its own.</summary>
    internal void ShareByLeaf(Span<double> values) => Ranks.AllGather(values, leafStarts.AsSpan());

    /// <summary>Gives every process the number of one of them.</summary>
    internal double FromRank(int rank, double own)
    {
        Span<int> starts = stackalloc int[Ranks.Count + 1];
        for (int other = rank + 1; other < starts.Length; other++) starts[other] = 1;
        Ranks.AllGather(new Span<double>(ref own), starts);
        return own;
    }

    /// <summary>The first of the leaves that the processes name; <see langword="null"/> where none names one.</summary>
    internal Leaf? First(Leaf? own) => Least(own?.Index ?? int.MaxValue) is var first && first < int.MaxValue
        ? Layout.Leaves[first] : null;

    /// <summary>The least of the numbers of all processes.</summary>
    internal int Least(int own)
    {
        Span<int> all = stackalloc int[Ranks.Count], starts = stackalloc int[Ranks.Count + 1];
        for (int rank = 0; rank < starts.Length; rank++) starts[rank] = rank;
        all[Ranks.Rank] = own;
        Ranks.AllGather(all, starts);
        foreach (int other in all) own = Math.Min(own, other);
        return own;
    }

    /// <summary>A tree of this shard.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="elements">The elements of the shard, padding included.</param>
    /// <exception cref="ArgumentException">The length is another one.</exception>
    public ParameterTree<T> Tree<T>(ReadOnlySpan<T> elements)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (elements.Length != Layout.TotalLength)
        {
            throw new ArgumentException(
                $"There are {elements.Length} elements; the shard of rank {Ranks.Rank} has {Layout.TotalLength}.",
                nameof(elements));
        }

        TreeBuffer<T> shard = Layout.RentUncleared<T>();
        elements.CopyTo(shard.AsSpan());
        return shard.ToTree();
    }

    /// <summary>The allowed cut that is nearest to an index.</summary>
    private static int CutNear(int ideal, TreeLayout whole, LeafPlan[] plans)
    {
        if (whole.Leaves.LastOrDefault(leaf => leaf.Offset <= ideal && leaf.Length > 0) is not { } leaf) return 0;
        int end = leaf.Offset + leaf.Length + leaf.Padding, own = ideal - leaf.Offset;
        bool isWhole = plans[leaf.Index].Transforms.Any(
            placed => placed.Transform.TransformsLeaves || placed.Transform.LeafByLeaf);
        if (isWhole) return own < end - ideal ? leaf.Offset : end;
        long blocks = (own + (BlockReduction.BlockSize / 2)) / BlockReduction.BlockSize;
        return (int)Math.Min(leaf.Offset + (blocks * BlockReduction.BlockSize), end);
    }

    private (int Start, int Length) PieceOf(Leaf leaf)
    {
        int first = Math.Clamp(Start - leaf.Offset, 0, leaf.Length);
        return (first, Math.Clamp(Starts[Ranks.Rank + 1] - leaf.Offset, first, leaf.Length) - first);
    }
}
