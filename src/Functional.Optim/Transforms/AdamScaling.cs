using System.Collections.Immutable;
using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>Divides the running mean of the update by the root of the running mean of its square: m̂ / (√v̂ + ε) (see <see cref="Adam"/>).</summary>
/// <param name="Beta1">β₁(t).</param>
/// <param name="Beta2">β₂.</param>
/// <param name="Epsilon">ε.</param>
/// <param name="BiasCorrection">Whether the moments are divided by 1 − βᵗ.</param>
/// <param name="AmsGrad">Whether it divides by the largest second moment so far.</param>
internal sealed record AdamScaling(Schedule Beta1, double Beta2, double Epsilon, bool BiasCorrection, AmsGrad AmsGrad) : Transform
{
    /// <summary>What the part calls its slots: those of <see cref="AdamState{T}"/>.</summary>
    internal static ImmutableArray<string> Slots { get; } = ["m", "v"];

    /// <summary>The same with AMSGrad's.</summary>
    internal static ImmutableArray<string> AmsGradSlots { get; } = ["m", "v", "maximum v"];

    protected internal override ImmutableArray<string> SlotNames => AmsGrad == AmsGrad.Off ? Slots : AmsGradSlots;

    /// <summary>The largest of corrected moments is another number than the largest moment.</summary>
    protected internal override string StateName => AmsGrad == AmsGrad.OfCorrectedMoment ? "adam of corrected moments" : base.StateName;

    protected internal override void AddRule<T, TFirst>(in TFirst first, ref RulePass<T> pass)
    {
        double beta1 = Beta1.SettingAt(pass.Step, Bounds.HalfOpenUnitInterval, nameof(Beta1));
        if (AmsGrad == AmsGrad.Off)
            pass.Add(first, new AdamRule<T>(beta1, Beta2, Epsilon, BiasCorrection, pass.SlotStep));
        else
            pass.Add(first, new AmsGradRule<T>(beta1, Beta2, Epsilon, BiasCorrection, AmsGrad == AmsGrad.OfCorrectedMoment, pass.SlotStep));
    }

    internal static ValidationErrors Check(Schedule beta1, double beta2, double epsilon, AmsGrad amsGrad) => new ValidationErrors()
        .Require(beta1, Bounds.HalfOpenUnitInterval).Require(beta2, Bounds.HalfOpenUnitInterval).Require(epsilon, Bounds.NotNegative)
        .Require(amsGrad);
}
