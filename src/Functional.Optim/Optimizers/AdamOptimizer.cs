using System.Collections.Immutable;
using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>What <see cref="Adam"/> and <see cref="AdamW"/> share: the scaling m̂ / (√v̂ + ε) and its state.</summary>
public abstract record AdamOptimizer : MomentOptimizer
{
    private protected AdamOptimizer()
    {
    }

    /// <summary>Whether to divide by the largest second moment so far.</summary>
    public AmsGrad AmsGrad { get; init => field = Setting.Check(value); }

    /// <summary>Whether the moments are divided by 1 − βᵗ.</summary>
    internal abstract bool CorrectsBias { get; }

    internal static ImmutableArray<string> Slots { get; } = ["m", "v"];

    internal static ImmutableArray<string> AmsGradSlots { get; } = ["m", "v", "maximum v"];

    /// <inheritdoc/>
    protected internal override ImmutableArray<string> ScalingSlots => AmsGrad == AmsGrad.Off ? Slots : AmsGradSlots;

    /// <inheritdoc/>
    /// <remarks>The largest of corrected moments is another number than the largest moment.</remarks>
    protected internal override string ScalingName =>
        AmsGrad == AmsGrad.OfCorrectedMoment ? "adam of corrected moments" : "adam";

    /// <summary>The state before the first update.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="parameters">The parameters, for their layout.</param>
    public new AdamState<T> Init<T>(ParameterTree<T> parameters)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => AdamState<T>.From(base.Init(parameters));

    /// <summary>The norms of the moments, and the mean and deviation of the effective learning rates.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="state">A state of this optimizer.</param>
    /// <param name="leaves">Which leaves to count; all when <see langword="null"/>.</param>
    public AdamStatistics Statistics<T>(AdamState<T> state, Func<Leaf, bool>? leaves = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => AdamStatistics.Of(this, state, leaves);

    /// <inheritdoc/>
    protected internal override void AddScaling<T, TFirst>(in TFirst first, ref RulePass<T> pass)
    {
        double beta1 = Beta1At(pass.Step);
        if (AmsGrad == AmsGrad.Off)
        {
            pass.Add(first, new AdamRule<T>(beta1, Beta2, Epsilon, CorrectsBias, pass.SlotStep));
        }
        else
        {
            bool correctFirst = AmsGrad == AmsGrad.OfCorrectedMoment;
            pass.Add(first, new AmsGradRule<T>(beta1, Beta2, Epsilon, CorrectsBias, correctFirst, pass.SlotStep));
        }
    }
}
