using System.Collections.Immutable;
using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>
/// Weight decay: u' = u + λ·θ. In front of the moments it is an L2 penalty (<see cref="Coupled"/>); after them, before
/// the learning rate, it is decoupled (<see cref="Decoupled"/>) and shrinks θ by 1 − η·λ (Loshchilov and Hutter, 2019).
/// </summary>
public sealed record WeightDecay : Transform
{
    private WeightDecay()
    {
    }

    /// <summary>λ(t); finite and not negative.</summary>
    public required Schedule Lambda { get; init => field = Setting.Check(value, "weightDecay"); }

    /// <summary>Which leaves decay.</summary>
    public LeafFilter DecayFilter { get; init => field = Setting.Present(value); } = LeafFilter.All;

    /// <summary>
    /// The rate of the move where the decay is that of the parameters after it: u' = (1 − η·λ)·u + λ·θ;
    /// <see langword="null"/> where it is that of the parameters before it.
    /// </summary>
    internal Schedule? MoveRate { get; init; }

    /// <summary>Decoupled decay: put it after the moments and before the learning rate.</summary>
    /// <param name="weightDecay">λ or λ(t); finite and not negative.</param>
    /// <param name="decay">Which leaves decay; all when <see langword="null"/>.</param>
    /// <exception cref="ArgumentException">λ is negative or not finite.</exception>
    public static WeightDecay Decoupled(Schedule weightDecay, Func<Leaf, bool>? decay = null) =>
        Setting.Make(() => new WeightDecay { Lambda = weightDecay, DecayFilter = LeafFilter.Of(decay) });

    /// <summary>An L2 penalty of λ/2·‖θ‖²: the same formula, put before the moments.</summary>
    /// <inheritdoc cref="Decoupled"/>
    /// <exception cref="ArgumentException">λ is negative or not finite.</exception>
    public static WeightDecay Coupled(Schedule weightDecay, Func<Leaf, bool>? decay = null) =>
        Decoupled(weightDecay, decay);

    /// <inheritdoc/>
    protected internal override ImmutableArray<(string Name, LeafFilter Leaves)> LeafFilters =>
        Lambda is Constant { Rate: 0 } ? [] : [("decay", DecayFilter)];

    /// <inheritdoc/>
    protected internal override double WeightDecayFor(Leaf leaf) => Reaches(leaf) ? LambdaAt(1) : 0;

    /// <inheritdoc/>
    protected internal override double PerLeafFactor(Leaf leaf, LeafSettings settings) =>
        Reaches(leaf) ? settings.WeightDecayMultiplier : 0;

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">λ(t) is not allowed.</exception>
    protected internal override void AddRule<T, TFirst>(in TFirst first, ref RulePass<T> pass)
    {
        double lambda = LambdaAt(pass.Step) * pass.Factor;
        DecayRule<T> decay = new(T.CreateTruncating(lambda));
        if (MoveRate is null)
        {
            pass.Add(first, decay);
        }
        else
        {
            ScaleRule<T> kept = new(T.CreateTruncating(1 - (MoveRate.At(pass.Step) * lambda)));
            pass.Add(first, new Then<T, ScaleRule<T>, DecayRule<T>>(kept, decay));
        }
    }

    /// <summary>λ at an update.</summary>
    internal double LambdaAt(long step) => Lambda.SettingAt(step, Bounds.NotNegative, nameof(Lambda));

    // Without any decay all leaves are alike.
    private bool Reaches(Leaf leaf) => Lambda is not Constant { Rate: 0 } && DecayFilter.Contains(leaf);
}
