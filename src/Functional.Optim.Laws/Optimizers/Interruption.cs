namespace Functional.Optim.Laws;

/// <summary>
/// Something that happens in the course of a step, by a transform, a schedule or a group that else changes nothing. It
/// does not happen before there is something to happen.
/// </summary>
/// <param name="moment">When.</param>
internal sealed class Interruption(Moment moment)
{
    /// <summary>What happens, once for each time that it is set.</summary>
    internal Action? Next { get; set; }

    /// <summary>
    /// The optimizer with the interruption in it, each with the name of the place: in a group, after it, or after it
    /// for matrices alone, when vectors are done. What is around another optimizer stays around that.
    /// </summary>
    internal IEnumerable<(string Place, Optimizer Optimizer)> In(Optimizer optimizer)
    {
        switch (moment)
        {
            case Moment.Group:
                yield return ("in a group", optimizer.WithGroups(LeafGroup.Of("interrupted", _ => Happens())));
                break;
            case Moment.TransformLeaf:
                yield return ("after it", Inside(optimizer, inner => inner.Followed(new Part(this, moment))));
                break;
            case Moment.Measure:
                yield return ("after it", Inside(optimizer, inner => inner.Followed(new Part(this, moment))));
                goto case Moment.Append;
            case Moment.Append:
                yield return ("after it, for matrices", Inside(
                    optimizer, inner => ForMatrices(inner, new Part(this, moment))));
                break;
            default:
                yield return ("after it, for matrices", Inside(
                    optimizer, inner => ForMatrices(inner, LearningRate.Of(new Rate(this)))));
                break;
        }
    }

    private static Partition ForMatrices(Optimizer inner, Optimizer last) => Partition.Of(
        new("matrices", static leaf => leaf.Rank >= 2, inner.Followed(last)), new("rest", static _ => true, inner));

    private static Optimizer Inside(Optimizer optimizer, Func<Optimizer, Optimizer> change) => optimizer switch
    {
        Accumulate outer => Accumulate.Of(outer.Every, Inside(outer.Inner, change)),
        ApplyIfFinite outer => ApplyIfFinite.Around(Inside(outer.Inner, change), outer.MaxConsecutiveSkips),
        Wrapper => optimizer,
        _ => change(optimizer),
    };

    private bool Happens()
    {
        Action? now = Next;
        Next = null;
        now?.Invoke();
        return false;
    }

    private sealed record Rate(Interruption Interruption) : Schedule
    {
        protected internal override double RateAt(long step) => Interruption.Happens() ? 0 : 1;
    }

    private sealed record Part(Interruption Interruption, Moment Moment) : Transform
    {
        protected internal override bool NeedsStatistics => Moment == Moment.Measure;

        protected internal override bool TransformsLeaves => Moment == Moment.TransformLeaf;

        protected internal override void Measure<T>(in UpdateStatistics<T> update, Span<double> measured) =>
            Interruption.Happens();

        protected internal override void TransformLeaf<T>(in LeafContext<T> leaf)
        {
            Interruption.Happens();
            leaf.Input.CopyTo(leaf.Output);
        }

        protected internal override void AddRule<T, TFirst>(in TFirst first, ref RulePass<T> pass)
        {
            if (Moment == Moment.Append) Interruption.Happens();
            base.AddRule(first, ref pass);
        }
    }
}
