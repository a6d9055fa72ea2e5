using System.Collections.Immutable;

namespace Functional.Optim.Training;

/// <summary>
/// What a checklist must know of an optimizer that has one learning rate: the whole one, or one rule of a partition.
/// </summary>
/// <param name="Transforms">The transforms, in order.</param>
/// <param name="Steps">The number of training steps.</param>
/// <param name="Peak">The largest learning rate.</param>
/// <param name="Warmup">The number of steps up to the peak; 0 where the run starts with it.</param>
/// <param name="Last">The learning rate of the last step.</param>
internal sealed record ChecklistPart(
    ImmutableArray<Transform> Transforms, long Steps, double Peak, long Warmup, double Last)
{
    /// <summary>How many steps are looked at for the peak; around the largest of them, each step is.</summary>
    private const long Samples = 4096;

    /// <summary>The Adam family's settings, if the part is of it.</summary>
    internal MomentOptimizer? Moments => Scalings.OfType<MomentOptimizer>().FirstOrDefault();

    internal bool IsAdam => Moments is not null;

    internal bool IsLion => Scalings.Any(scaling => scaling is Lion);

    internal bool IsConstant => Warmup == 0 && Last == Peak;

    /// <summary>Averages of the parameters do what a decay does.</summary>
    internal bool NeedsNoDecay => Transforms.Any(transform => transform is ScheduleFreeAveraging);

    /// <summary>Whether a weight decay stands before the scaling, so that it is an L2 penalty.</summary>
    internal bool HasPenalty => Transforms.TakeWhile(transform => transform is not OptimizerScaling)
        .Any(transform => transform is WeightDecay { Lambda: not Constant { Rate: 0 } })
        && Transforms.Any(transform => transform is OptimizerScaling);

    private IEnumerable<ElementwiseOptimizer> Scalings =>
        Transforms.OfType<OptimizerScaling>().Select(scaling => scaling.Settings);

    /// <summary>The parts of an optimizer: the rules of its partitions that train, or itself.</summary>
    internal static ImmutableArray<ChecklistPart> Of(Optimizer optimizer, long steps)
    {
        ImmutableArray<ChecklistPart> rules =
        [
            .. optimizer.Transforms.OfType<Partition>().SelectMany(partition => partition.Rules)
                .Where(rule => rule.Optimizer.Transforms.Any(transform => transform.IsLearningRate))
                .SelectMany(rule => Of(rule.Optimizer, steps)),
        ];
        return rules.IsEmpty ? [Single(optimizer, steps)] : rules;
    }

    private static ChecklistPart Single(Optimizer optimizer, long steps)
    {
        long stride = Math.Max(1, steps / Samples), peak = 1;
        for (long step = 1; step <= steps; step += stride) Raise(step);
        long last = Math.Min(steps, peak + stride);
        for (long step = Math.Max(1, peak - stride + 1); step <= last; step++) Raise(step);
        Raise(steps);
        return new(
            optimizer.Transforms, steps, optimizer.LearningRateAt(peak), peak == 1 ? 0 : peak,
            optimizer.LearningRateAt(steps));

        void Raise(long step)
        {
            double rate = optimizer.LearningRateAt(step), highest = optimizer.LearningRateAt(peak);
            if (rate > highest || (rate == highest && step < peak)) peak = step;
        }
    }
}
