using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>
/// Keeps the Frobenius norm of each leaf while it moves, in the place of a learning rate: w = θ − η·‖θ‖·u / max(‖u‖,
/// 10⁻¹⁰), θ' = w·‖θ‖/‖w‖. It is a learning rate itself and replaces the decay of hidden matrices: as the last part,
/// <c>Momentum.Of(0.95, nesterov: true).Then(Orthogonalize.Of()).Then(Hyperball.Of(0.018))</c>.
/// </summary>
/// <remarks>
/// As the optimizers with an H at the end of their names in modded-nanogpt's track 3. η is the angle of a step, nearly,
/// whatever the size of the update. A leaf whose norm is 0 stays as it is, so start matrices elsewhere, and give biases
/// to another optimizer; so does one whose w is 0. A NaN or an infinity spoils its leaf. It keeps nothing.
/// A transform after it, such as another learning rate, changes the move, so that the norm is not kept.
/// </remarks>
public sealed record Hyperball : Transform
{
    /// <summary>The smallest norm of an update that counts; a smaller update makes a smaller step.</summary>
    private const double MinNorm = 1e-10;

    private Hyperball()
    {
    }

    /// <summary>η(t).</summary>
    public required Schedule LearningRate { get; init => field = Setting.Check(value); }

    /// <inheritdoc/>
    protected internal override bool IsLearningRate => true;

    /// <inheritdoc/>
    protected internal override bool TransformsLeaves => true;

    /// <summary>A schedule of a user is asked while the step writes, and may throw.</summary>
    private protected override bool NeverThrows => LearningRate.IsBuiltIn;

    /// <summary>The transform with a schedule, or with a constant rate.</summary>
    /// <param name="learningRate">η(t), the part of its norm by which a leaf moves.</param>
    /// <exception cref="ArgumentException">It is null, or a constant rate that is negative or not finite.</exception>
    public static Hyperball Of(Schedule learningRate) =>
        Setting.Make(() => new Hyperball { LearningRate = learningRate });

    /// <inheritdoc/>
    protected internal override double RateAt(long step) => LearningRate.At(step);

    /// <inheritdoc/>
    protected internal override double PerLeafFactor(Leaf leaf, LeafSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return settings.LearningRateMultiplier;
    }

    /// <inheritdoc/>
    protected internal override void TransformLeaf<T>(in LeafContext<T> leaf)
    {
        double size = BlockReduction.Norm(leaf.Parameters), length = BlockReduction.Norm(leaf.Input);
        double step = LearningRate.At(leaf.Step) * leaf.Factor * Math.Min(1, length / MinNorm);
        double cosine = Math.Clamp(BlockReduction.Dot(leaf.Parameters, leaf.Input) / size / length, -1, 1);
        // ‖w‖²/‖θ‖² is 1 + change. Nothing that is nearly 1 is subtracted from 1, so that rounding does not add up.
        double change = step * (step - (2 * cosine)), ratio = Math.Sqrt(Math.Max(0, 1 + change));
        if (size == 0 || length == 0 || ratio == 0)
        {
            leaf.Output.Clear();
            return;
        }

        double turned = change / (ratio * (1 + ratio)), moved = step * size / length / ratio;
        Elementwise.Run(
            new Then<T, ScaleRule<T>, DecayRule<T>>(
                new(T.CreateTruncating(moved)), new(T.CreateTruncating(turned))),
            leaf.Parameters, leaf.Input, leaf.Output);
    }

    /// <inheritdoc/>
    /// <exception cref="OverflowException">The rate of a leaf is not finite in the type of its elements.</exception>
    protected internal override void AddRule<T, TFirst>(in TFirst first, ref RulePass<T> pass)
    {
        Functional.Optim.LearningRate.Multiplied<T>(LearningRate.At(pass.Step), pass.Factor, pass.Step);
        pass.Add(first, default(IdentityRule<T>));
    }
}
