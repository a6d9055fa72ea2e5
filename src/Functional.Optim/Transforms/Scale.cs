using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>Multiplies the update by a constant: u' = c·u. With c = −1 a loss is maximized.</summary>
public sealed record Scale : Transform
{
    private Scale()
    {
    }

    /// <summary>c; finite.</summary>
    public double Factor { get; init => field = Setting.Check(value, Bounds.Finite); }

    /// <summary>The transform with a factor.</summary>
    /// <param name="factor">c; finite.</param>
    /// <exception cref="ArgumentException">The factor is not finite.</exception>
    public static Scale By(double factor) =>
        Setting.Make(() => new Scale { Factor = factor });

    /// <summary>What turns the update around for an optimizer that maximizes.</summary>
    internal static ReadOnlySpan<Transform> SignOf(bool maximize) => maximize ? (Transform[])[By(-1)] : [];

    /// <inheritdoc/>
    protected internal override void AddRule<T, TFirst>(in TFirst first, ref RulePass<T> pass) =>
        pass.Add(first, new ScaleRule<T>(T.CreateTruncating(Factor)));
}
