using System.Collections.Immutable;
using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>
/// Momentum: m' = μ·m + (1 − τ)·u, m' = u at the first update; hands on m', or with Nesterov u + μ·m' (Sutskever et al., 2013, in
/// torch's form).
/// </summary>
public sealed record Trace : Transform
{
    private Trace(bool nesterov) => Nesterov = nesterov;

    /// <summary>μ(t), in [0, 1), and not 0 where the update looks ahead.</summary>
    public required Schedule Momentum { get; init => field = Setting.Check(value, Allowed); }

    /// <summary>τ, in [0, 1], and 0 where the update looks ahead; skipped at the first update.</summary>
    public double Dampening { get; init => field = (Nesterov ? Bounds.Zero : Bounds.UnitInterval).Check(value); }

    /// <summary>Whether the update looks ahead; fixed, as it decides what the others may be.</summary>
    public bool Nesterov { get; }

    private Bounds Allowed => Nesterov ? AboveZero : Bounds.BelowOne;

    private static Bounds AboveZero { get; } = Bounds.Within(0, 1);

    /// <summary>Whether the momentum is one of steps, the rate multiplied in, and not one of gradients (<see cref="Lars"/>).</summary>
    internal bool OfSteps { get; init; }

    internal static ImmutableArray<string> Slots { get; } = ["momentum"];

    /// <inheritdoc/>
    protected internal override string StateName => OfSteps ? "traceOfSteps" : base.StateName;

    /// <inheritdoc/>
    protected internal override ImmutableArray<string> SlotNames => Slots;

    /// <summary>The part with its constants.</summary>
    /// <param name="momentum">μ or μ(t), in [0, 1).</param>
    /// <param name="dampening">τ, in [0, 1]; skipped at the first update.</param>
    /// <param name="nesterov">Look ahead; wants momentum and no dampening.</param>
    /// <exception cref="ArgumentException">A value is out of range; every fault is listed.</exception>
    public static Trace Of(Schedule momentum, double dampening = 0, bool nesterov = false) =>
        Check(momentum, dampening, nesterov).Make(() => new Trace(nesterov) { Momentum = momentum, Dampening = dampening }).OrThrow(nameof(Trace));

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">μ(t) is not allowed.</exception>
    protected internal override void Append<T, TFirst>(in TFirst first, ref RulePass<T> pass)
    {
        T momentum = T.CreateTruncating(Momentum.SettingAt(pass.Step, Allowed, nameof(Momentum)));
        if (Nesterov) pass.Then(first, new NesterovRule<T>(momentum));
        else if (Dampening == 0) pass.Then(first, new TraceRule<T>(momentum));
        else pass.Then(first, new Then<T, ScaleRule<T>, TraceRule<T>>(new(T.CreateTruncating(pass.SlotStep == 1 ? 1 : 1 - Dampening)), new(momentum)));
    }

    internal static Faults Check(Schedule momentum, double dampening, bool nesterov) => new Faults()
        .Require(momentum, Bounds.BelowOne)
        .Require(dampening, Bounds.UnitInterval)
        .Require(!nesterov || (momentum is not Constant { Rate: not > 0 } && dampening == 0), nameof(nesterov), nesterov, "false without momentum or with dampening");
}
