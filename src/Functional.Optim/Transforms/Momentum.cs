using System.Collections.Immutable;
using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>
/// Momentum: m' = μ·m + (1 − τ)·u, m' = u at the first update; passes on m', or with Nesterov u + μ·m' (Sutskever et
/// al., 2013, in torch's form).
/// </summary>
public sealed record Momentum : Transform
{
    private Momentum()
    {
    }

    /// <summary>μ(t), how much of the momentum is kept; in [0, 1), and not 0 where the update looks ahead.</summary>
    public required Schedule Coefficient { get; init => field = Setting.Check(value, Bounds.HalfOpenUnitInterval); }

    /// <summary>τ, the share of each update left out of the momentum, in [0, 1]; skipped at the first update.</summary>
    public double Dampening { get; init => field = Setting.Check(value, Bounds.UnitInterval); }

    /// <summary>Whether the update looks one step ahead, which requires momentum and no dampening.</summary>
    public bool Nesterov { get; init; }

    /// <summary>
    /// Whether the momentum is one of steps, the rate multiplied in, and not one of gradients (<see cref="Lars"/>).
    /// </summary>
    internal bool OfSteps { get; init; }

    internal static ImmutableArray<string> Slots { get; } = ["momentum"];

    /// <inheritdoc/>
    protected internal override string StateName => OfSteps ? "momentumOfSteps" : base.StateName;

    /// <inheritdoc/>
    protected internal override ImmutableArray<string> SlotNames
    {
        get
        {
            CheckNesterov(Coefficient, Dampening, Nesterov);
            return Slots;
        }
    }

    /// <summary>The transform with its settings.</summary>
    /// <param name="coefficient">μ or μ(t), in [0, 1).</param>
    /// <param name="dampening">τ, the share of each update left out of the momentum, in [0, 1].</param>
    /// <param name="nesterov">Whether to look one step ahead, which requires momentum and no dampening.</param>
    /// <exception cref="SettingsException">A value is out of range; the exception has every error.</exception>
    public static Momentum Of(Schedule coefficient, double dampening = 0, bool nesterov = false) => Setting.Make(() =>
    {
        CheckNesterov(coefficient, dampening, nesterov);
        return new Momentum { Coefficient = coefficient, Dampening = dampening, Nesterov = nesterov };
    });

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">μ(t) is not allowed.</exception>
    protected internal override void AddRule<T, TFirst>(in TFirst first, ref RulePass<T> pass) =>
        Add(first, ref pass, Coefficient, Dampening, Nesterov);

    /// <summary>Refuses to look ahead without momentum or with dampening.</summary>
    internal static void CheckNesterov(Schedule momentum, double dampening, bool nesterov) => Setting.Require(
        !nesterov || (momentum is not Constant { Rate: not > 0 } && dampening == 0), nesterov,
        "false without momentum or with dampening", nameof(Nesterov));

    /// <summary>Adds the rule of momentum.</summary>
    internal static void Add<T, TFirst>(
        in TFirst first, ref RulePass<T> pass, Schedule coefficient, double dampening, bool nesterov)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TFirst : unmanaged, IUpdateRule<T>
    {
        Bounds allowed = nesterov ? Bounds.OpenUnitInterval : Bounds.HalfOpenUnitInterval;
        T momentum = T.CreateTruncating(coefficient.SettingAt(pass.Step, allowed, nameof(Momentum)));
        if (nesterov)
        {
            pass.Add(first, new NesterovRule<T>(momentum));
        }
        else if (dampening == 0)
        {
            pass.Add(first, new MomentumRule<T>(momentum));
        }
        else
        {
            ScaleRule<T> share = new(T.CreateTruncating(pass.SlotStep == 1 ? 1 : 1 - dampening));
            pass.Add(first, new Then<T, ScaleRule<T>, MomentumRule<T>>(share, new(momentum)));
        }
    }
}
