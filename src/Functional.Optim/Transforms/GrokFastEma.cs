using System.Collections.Immutable;
using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>Grokfast with a moving average (see <see cref="GrokFast.Ema"/>).</summary>
internal sealed record GrokFastEma : Transform
{
    /// <summary>α, how much of the average is kept; in [0, 1).</summary>
    public double Alpha { get; init => field = Setting.Check(value, Bounds.HalfOpenUnitInterval); }

    /// <summary>λ; finite and not negative.</summary>
    public double Lambda { get; init => field = Setting.Check(value, Bounds.NotNegative); }

    internal static ImmutableArray<string> Slots { get; } = ["mean"];

    protected internal override ImmutableArray<string> SlotNames => Slots;

    protected internal override void AddRule<T, TFirst>(in TFirst first, ref RulePass<T> pass) =>
        pass.Add(first, new GrokFastRule<T>(Alpha, Lambda, isFirst: pass.SlotStep == 1));
}
