using System.Collections.Immutable;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>
/// The corrected gradient of MARS (Yuan et al., 2024, arXiv:2411.10438), in its form without a second gradient: c = g +
/// γ·β / (1 − β)·(g − g₋₁), where β is that of the momentum after it, and then c / ‖c‖ for a leaf where ‖c‖ exceeds 1.
/// </summary>
/// <remarks>One number for each parameter: g₋₁, which is 0 before the first update in the authors' code.</remarks>
public sealed record VarianceReduction : Transform
{
    private VarianceReduction()
    {
    }

    /// <summary>γ, how much of the difference counts; finite and not negative.</summary>
    public double Gamma { get; init => field = Setting.Check(value, Bounds.NotNegative); }

    /// <summary>β, that of the momentum after it; in [0, 1).</summary>
    public double Beta { get; init => field = Setting.Check(value, Bounds.HalfOpenUnitInterval); }

    /// <summary>
    /// Whether the first gradient goes on as it is, as in timm's code, or else is corrected by a gradient before it
    /// that was 0, and limited, as in the authors'.
    /// </summary>
    public bool KeepsFirst { get; init; }

    internal static ImmutableArray<string> Slots { get; } = ["last gradient"];

    /// <inheritdoc/>
    protected internal override ImmutableArray<string> SlotNames => Slots;

    /// <inheritdoc/>
    protected internal override bool NeedsStatistics => true;

    /// <inheritdoc/>
    protected internal override bool LeafByLeaf => true;

    /// <summary>The transform.</summary>
    /// <param name="gamma">γ; finite and not negative.</param>
    /// <param name="beta">β of the momentum after it; in [0, 1).</param>
    /// <param name="keepsFirst">Whether the first gradient goes on as it is.</param>
    /// <exception cref="ArgumentException">A value is out of range; every error is listed.</exception>
    public static VarianceReduction Of(double gamma = 0.025, double beta = 0.95, bool keepsFirst = false) =>
        Setting.Make(() => new VarianceReduction { Gamma = gamma, Beta = beta, KeepsFirst = keepsFirst });

    /// <inheritdoc/>
    protected internal override void Measure<T>(in UpdateStatistics<T> update, Span<double> measured)
    {
        for (int range = 0; range < update.Count; range++)
        {
            bool isFirst = update.SlotStep(range) == 1;
            double norm = update.Norm(range, new VarianceReductionRule<T>(CorrectionAt(isFirst), 1));
            measured[range] = norm <= 1 || (isFirst && KeepsFirst) ? 1 : 1 / norm;
        }
    }

    /// <inheritdoc/>
    protected internal override void AddRule<T, TFirst>(in TFirst first, ref RulePass<T> pass) =>
        pass.Add(first, new VarianceReductionRule<T>(CorrectionAt(pass.SlotStep == 1), pass.Measured));

    private double CorrectionAt(bool isFirst) => isFirst && KeepsFirst ? 0 : Gamma * Beta / (1 - Beta);
}
