using System.Numerics;

namespace Functional.Optim.Laws;

public static partial class OptimizerLaws
{
    private static readonly int[] ShardCounts = [2, 5];

    /// <summary>
    /// The shards of several processes (<see cref="TreeShard"/>) together have the parameters, the state and the scalars
    /// of one step over the whole tree, in bits.
    /// </summary>
    /// <param name="optimizer">The optimizer.</param>
    /// <exception cref="LawException">The law does not hold.</exception>
    public static void Shards(Optimizer optimizer)
    {
        HoldsIn(Problem.Sample, optimizer, Shards<float>, Shards<double>);
        HoldsIn(Problem.Large, optimizer, Shards<float>, Shards<double>);
    }

    private static void Shards<T>(Optimizer optimizer, Problem problem)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var whole = problem.After<T>(optimizer);
        ParameterTree<T> start = problem.Parameters<T>();
        ParameterTree<T>[] gradients =
            [.. Enumerable.Range(1, Problem.Updates).Select(update => problem.Gradients<T>(update))];
        foreach (int count in ShardCounts)
        {
            ThreadRanks.Run(count, ranks =>
            {
                TreeShard shard = TreeShard.Of(optimizer, whole.Parameters.Layout, ranks);
                ParameterTree<T> parameters = shard.Cut(start);
                OptimizerState<T> state = optimizer.Init(parameters);
                foreach (ParameterTree<T> gradient in gradients)
                {
                    ReadOnlySpan<T> own = gradient.AsSpan().Slice(shard.Start, shard.Layout.TotalLength);
                    (parameters, state) = optimizer.Step(parameters, shard.Tree(own), state);
                }

                string what = $"shard {ranks.Rank} of {count}";
                Claim.Same($"{what}, the parameters", shard.Cut(whole.Parameters), parameters);
                Claim.That(
                    (whole.State.Step, whole.State.Counters) == (state.Step, state.Counters),
                    $"{what}: {state.Step} steps and {state.Counters}");
                foreach (string scalar in state.ScalarNames)
                    Claim.Same<double>(what, scalar, [whole.State.Scalar(scalar)], [state.Scalar(scalar)]);
                for (int slot = 0; slot < state.SlotCount; slot++) SamePieces(what, whole.State[slot], state[slot]);
            });
        }
    }

    /// <summary>The leaves of a slot are those of the whole one, or pieces of them.</summary>
    private static void SamePieces<T>(string what, ParameterTree<T> whole, ParameterTree<T> shard)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Claim.That(
            whole.Layout.ToString() == shard.Layout.ToString(),
            $"{what}: the leaves of a slot are {shard.Layout}, of the whole {whole.Layout}");
        foreach (Leaf piece in shard.Layout.Leaves)
        {
            ReadOnlySpan<T> expected = whole.AsSpan(piece.Name).Slice(piece.Start ?? 0, piece.Length);
            Claim.Same($"{what}, a slot", piece.Name, expected, shard.AsSpan(piece));
        }
    }
}
