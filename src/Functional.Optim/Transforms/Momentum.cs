using System.Collections.Immutable;
using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>
/// Momentum: m' = μ·m + (1 − τ)·u, m' = u at the first update; passes on m', or with Nesterov u + μ·m' (Sutskever et al., 2013, in
/// torch's form).
/// </summary>
public sealed record Momentum : Transform
{
    private Momentum(bool nesterov) => Nesterov = nesterov;

    /// <summary>μ(t), in [0, 1), and not 0 where the update looks ahead.</summary>
    public required Schedule Coefficient { get; init => field = Setting.Check(value, Allowed); }

    /// <summary>τ, in [0, 1], and 0 where the update looks ahead; skipped at the first update.</summary>
    public double Dampening { get; init => field = (Nesterov ? Bounds.Zero : Bounds.UnitInterval).Check(value); }

    /// <summary>Whether the update looks ahead; fixed, as it decides what the others may be.</summary>
    public bool Nesterov { get; }

    private Bounds Allowed => Nesterov ? AboveZero : Bounds.HalfOpenUnitInterval;

    private static Bounds AboveZero { get; } = Bounds.OpenInterval(0, 1);

    /// <summary>Whether the momentum is one of steps, the rate multiplied in, and not one of gradients (<see cref="Lars"/>).</summary>
    internal bool OfSteps { get; init; }

    internal static ImmutableArray<string> Slots { get; } = ["momentum"];

    /// <inheritdoc/>
    protected internal override string StateName => OfSteps ? "momentumOfSteps" : base.StateName;

    /// <inheritdoc/>
    protected internal override ImmutableArray<string> SlotNames => Slots;

    /// <summary>The part with its constants.</summary>
    /// <param name="coefficient">μ or μ(t), in [0, 1).</param>
    /// <param name="dampening">τ, in [0, 1]; skipped at the first update.</param>
    /// <param name="nesterov">Look ahead; wants momentum and no dampening.</param>
    /// <exception cref="ArgumentException">A value is out of range; every error is listed.</exception>
    public static Momentum Of(Schedule coefficient, double dampening = 0, bool nesterov = false) =>
        Check(coefficient, dampening, nesterov).Make(() => new Momentum(nesterov) { Coefficient = coefficient, Dampening = dampening }).OrThrow(nameof(Momentum));

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">μ(t) is not allowed.</exception>
    protected internal override void AddRule<T, TFirst>(in TFirst first, ref RulePass<T> pass)
    {
        T momentum = T.CreateTruncating(Coefficient.SettingAt(pass.Step, Allowed, nameof(Momentum)));
        if (Nesterov) pass.Add(first, new NesterovRule<T>(momentum));
        else if (Dampening == 0) pass.Add(first, new MomentumRule<T>(momentum));
        else pass.Add(first, new Then<T, ScaleRule<T>, MomentumRule<T>>(new(T.CreateTruncating(pass.SlotStep == 1 ? 1 : 1 - Dampening)), new(momentum)));
    }

    internal static ValidationErrors Check(
        Schedule coefficient, double dampening, bool nesterov, string name = "coefficient") => new ValidationErrors()
        .Require(coefficient, Bounds.HalfOpenUnitInterval, name)
        .Require(dampening, Bounds.UnitInterval)
        .Require(!nesterov || (coefficient is not Constant { Rate: not > 0 } && dampening == 0), nameof(nesterov), nesterov, "false without momentum or with dampening");
}
