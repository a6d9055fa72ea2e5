using System.Globalization;
using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>
/// Multiplies the update by the learning rate of the step: u' = η(t)·u, of several learning rates the last times the
/// multiplier of the leaf's group.
/// </summary>
public sealed record LearningRate : Transform
{
    private LearningRate()
    {
    }

    /// <summary>η, as a function of the number of the update, from 1.</summary>
    public required Schedule Schedule { get; init => field = Setting.Check(value); }

    /// <summary>The transform with a schedule, or with a constant rate.</summary>
    /// <param name="schedule">η(t).</param>
    /// <exception cref="ArgumentException">It is null, or a constant rate that is negative or not finite.</exception>
    public static LearningRate Of(Schedule schedule) =>
        Setting.Make(() => new LearningRate { Schedule = schedule });

    /// <inheritdoc/>
    protected internal override bool IsLearningRate => true;

    /// <inheritdoc/>
    protected internal override double RateAt(long step) => Schedule.At(step);

    /// <inheritdoc/>
    protected internal override double PerLeafFactor(Leaf leaf, LeafSettings settings) =>
        settings.LearningRateMultiplier;

    /// <inheritdoc/>
    /// <exception cref="OverflowException">The rate of a leaf is not finite in the type of its elements.</exception>
    protected internal override void AddRule<T, TFirst>(in TFirst first, ref RulePass<T> pass) =>
        pass.Add(first, new ScaleRule<T>(Multiplied<T>(Schedule.At(pass.Step), pass.Factor, pass.Step)));

    /// <summary>The rate of a leaf in the type of its elements.</summary>
    /// <exception cref="OverflowException">It is not finite there.</exception>
    internal static T Multiplied<T>(double rate, double multiplier, long step)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        T multiplied = T.CreateTruncating(rate * multiplier);
        return T.IsFinite(multiplied) ? multiplied : throw new OverflowException(string.Create(
            CultureInfo.InvariantCulture,
            $"The learning rate {rate} of update {step} times the multiplier {multiplier} of a group is {multiplied} "
            + $"as {typeof(T).Name}; "
            + $"allowed is a finite product."));
    }
}
