using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>
/// The cautious mask (Liang, Chen, Liu and Liu, 2024, arXiv:2411.16085), after moments and before a decay: u' = c·u
/// where u·g > 0, else 0, with g the gradient that was given to the step, and c = 1 / max(s, 0.001), where s is the
/// part of the elements of the leaf that are kept: <c>Adam.Scaling().Then(Cautious.Of())
/// .Then(WeightDecay.Decoupled(0.01)).Then(LearningRate.Of(1e-3))</c>.
/// </summary>
/// <remarks>
/// The moments are not masked. The signs are compared, so that small numbers, whose product is 0, agree too. Some
/// grouped code of the authors masks by m·m, which is no mask at all. It keeps nothing; a step that is donated its
/// gradient needs memory for one more tree while it runs.
/// </remarks>
public sealed record Cautious : Transform
{
    private const double MinMean = 1e-3;

    private Cautious()
    {
    }

    /// <summary>What the elements that are kept are multiplied by.</summary>
    public CautiousForm Form { get; init => field = Setting.Check(value); }

    /// <summary>Whether the update goes up the gradient: a <see cref="Scale"/> before the moments turned it.</summary>
    public bool Maximize { get; init; }

    /// <inheritdoc/>
    protected internal override bool TransformsLeaves => true;

    /// <inheritdoc/>
    protected internal override bool ReadsGradient => true;

    private protected override bool NeverThrows => true;

    /// <summary>The transform.</summary>
    /// <param name="form">What the elements that are kept are multiplied by.</param>
    /// <param name="maximize">Whether the update goes up the gradient: a <see cref="Scale"/> before the moments turned
    /// it.</param>
    /// <exception cref="ArgumentException">There is no such form.</exception>
    public static Cautious Of(CautiousForm form = CautiousForm.Mean, bool maximize = false) =>
        Setting.Make(() => new Cautious { Form = form, Maximize = maximize });

    /// <inheritdoc/>
    protected internal override unsafe void TransformLeaf<T>(in LeafContext<T> leaf)
    {
        AgreementRule<T> agreement = new(Maximize ? T.NegativeOne : T.One);
        double length = leaf.Leaf.Length, agreeing;
        fixed (T* gradient = leaf.Gradient, update = leaf.Input)
        {
            PassMemory<T> memory = new() { Parameters = gradient, Updates = update };
            agreeing = RuleReduction.Sums(agreement, memory, 0, leaf.Leaf.Length).Returned;
        }

        double factor = Form == CautiousForm.Mean
            ? 1 / Math.Max(agreeing / Math.Max(1, length), MinMean)
            : length / (agreeing + 1);
        Elementwise.Run(
            new CautiousRule<T>(agreement, T.CreateTruncating(factor)), leaf.Gradient, leaf.Input, leaf.Output);
    }
}
