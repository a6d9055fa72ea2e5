using System.Numerics;

namespace Functional.Optim;

/// <summary>One move that L-BFGS remembers, and how the gradient changed over it.</summary>
/// <typeparam name="T">float or double.</typeparam>
/// <param name="Move">s = θₖ₊₁ − θₖ.</param>
/// <param name="GradientChange">y = gₖ₊₁ − gₖ.</param>
/// <param name="InverseCurvature">ρ = 1 / sᵀy.</param>
/// <param name="Scale">γ = sᵀy / yᵀy.</param>
public sealed record LbfgsPair<T>(
    ParameterTree<T> Move, ParameterTree<T> GradientChange, double InverseCurvature, double Scale)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>;
