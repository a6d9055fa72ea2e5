using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using FsCheck;
using FsCheck.Fluent;
using Functional.Optim.Kernels;

namespace Functional.Optim.Laws;

/// <summary>
/// Parameters and the gradients of three updates over one layout of odd sizes. The numbers are floats, held as doubles,
/// so that a problem is the same in both. It shrinks to few, short leaves with zeros and ones.
/// </summary>
/// <param name="leaves">The leaves in order.</param>
public sealed class Problem(ImmutableArray<Problem.Numbers> leaves)
{
    /// <summary>How many gradients there are.</summary>
    public const int Updates = 3;

    /// <summary>Those at the edges of vectors and of the alignment of leaves.</summary>
    internal static readonly int[] Sizes = [0, 1, 7, 15, 16, 17, 63, 64, 65];

    /// <summary>A leaf of every size, with gradients of the normal distribution and zeros: always the same.</summary>
    internal static readonly Problem Sample = Draw(Sizes, Scale.Ordinary, new Philox(1));

    private static readonly Lazy<Problem> Long = new(() => Draw([70_001, 3], Scale.Ordinary, new Philox(2)));

    private readonly TreeLayout layout = TreeLayout.Of(
        [.. leaves.Select(leaf => (leaf.Name, leaf.Rank == 2 ? (int[])[1, leaf.Size] : [leaf.Size]))]);

    /// <summary>A leaf so long that several threads work on it, and a short one: always the same.</summary>
    internal static Problem Large => Long.Value;

    /// <summary>The leaves in order.</summary>
    public ImmutableArray<Numbers> Leaves => leaves;

    /// <summary>
    /// Gradients with zeros, of one scale or of all: denormal, ordinary and so large that their squares leave a float.
    /// </summary>
    public static Arbitrary<Problem> Any() => Of(Enum.GetValues<Scale>());

    /// <summary>Gradients of the normal distribution, and zeros.</summary>
    internal static Arbitrary<Problem> Ordinary() => Of([Scale.Ordinary]);

    /// <summary>Those of <see cref="Any"/>, by the scale of their gradients.</summary>
    internal static ImmutableArray<Arbitrary<Problem>> OfEachScale() =>
        [.. Enum.GetValues<Scale>().Select(scale => Of([scale]))];

    /// <summary>The parameters at the start.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    public ParameterTree<T> Parameters<T>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Tree<T>(0);

    /// <summary>The gradient of an update.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="update">1 to <see cref="Updates"/>.</param>
    public ParameterTree<T> Gradients<T>(int update)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Tree<T>(update);

    /// <summary>The parameters and the state after some of the updates.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="optimizer">What makes them.</param>
    /// <param name="updates">How many.</param>
    public (ParameterTree<T> Parameters, OptimizerState<T> State) After<T>(Optimizer optimizer, int updates = Updates)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        ParameterTree<T> parameters = Parameters<T>();
        OptimizerState<T> state = optimizer.Init(parameters);
        for (int update = 1; update <= updates; update++)
            (parameters, state) = Step(optimizer, update, parameters, state);
        return (parameters, state);
    }

    /// <summary>One update: of its gradient, or of its loss where the optimizer asks for that.</summary>
    internal (ParameterTree<T> Parameters, OptimizerState<T> State) Step<T>(
        Optimizer optimizer, int update, ParameterTree<T> parameters, OptimizerState<T> state)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (optimizer is not FunctionOptimizer) return optimizer.Step(parameters, Gradients<T>(update), state);
        (ParameterTree<T> moved, OptimizerState<T> next, _) = optimizer.Step(Loss<T>(update), parameters, state);
        return (moved, next);
    }

    /// <summary>The loss of an update: ½·Σ (1 + |g|)·(θ + g)², with the gradient of the update for g.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="update">1 to <see cref="Updates"/>.</param>
    public ValueAndGradient<T> Loss<T>(int update)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => parameters =>
    {
        TreeBuffer<T> gradients = parameters.Layout.Rent<T>();
        double loss = 0;
        foreach (Numbers leaf in leaves)
        {
            ReadOnlySpan<T> theta = parameters.AsSpan(leaf.Name);
            Span<T> slope = gradients.AsSpan(leaf.Name);
            for (int index = 0; index < theta.Length; index++)
            {
                double g = leaf.Values[update][index], curvature = 1 + Math.Abs(g),
                    away = double.CreateTruncating(theta[index]) + g;
                loss += 0.5 * curvature * away * away;
                slope[index] = T.CreateTruncating(curvature * away);
            }
        }

        return (loss, gradients.ToTree());
    };

    /// <summary>
    /// The same problem with other numbers: from which (0 for θ, else the update) and the numbers to those in their
    /// place.
    /// </summary>
    internal Problem Select(Func<Numbers, int, double[], double[]> change) =>
        new([.. Leaves.Select(leaf => leaf.Select((which, values) => change(leaf, which, values)))]);

    /// <summary>Every number of a short leaf, the first twenty of a long one.</summary>
    public override string ToString() => Leaves.IsEmpty ? "no leaves" : string.Join("; ", Leaves);

    private ParameterTree<T> Tree<T>(int which)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        TreeBuffer<T> tree = layout.Rent<T>();
        foreach (Numbers leaf in leaves)
        {
            Span<T> elements = tree.AsSpan(leaf.Name);
            for (int index = 0; index < elements.Length; index++)
                elements[index] = T.CreateTruncating(leaf.Values[which][index]);
        }

        return tree.ToTree();
    }

    private static Arbitrary<Problem> Of(Scale[] scales) => Arb.From(
        from count in Gen.Frequency((1, Gen.Constant(0)), (9, Gen.Choose(1, 5)))
        from sizes in Gen.ArrayOf(Gen.Elements(Sizes), count)
        from scale in Gen.Elements(scales)
        from seed in Gen.Choose(0, int.MaxValue)
        select Draw(sizes, scale, new Philox((ulong)seed)),
        Smaller);

    private static Problem Draw(int[] sizes, Scale scale, Philox random)
    {
        ulong counter = 0;
        double Number(Scale of) => (float)(random.Normal(counter++) * (of switch
        {
            _ when random.Uniform(counter++) < 0.2 => 0,
            Scale.Denormal => 1e-42,
            Scale.Huge => 1e28,
            Scale.Mixed => Math.ScaleB(1, (int)random.Below(counter++, 180) - 90),
            _ => 1,
        }));
        return new([.. sizes.Select((size, index) => new Numbers($"leaf{index}", 1 + (index % 2),
            [.. Enumerable.Range(0, 1 + Updates).Select(which =>
                Enumerable.Range(0, size).Select(_ => Number(which == 0 ? Scale.Ordinary : scale)).ToArray())]))]);
    }

    private static IEnumerable<Problem> Smaller(Problem problem)
    {
        for (int index = 0; index < problem.Leaves.Length; index++)
        {
            Numbers leaf = problem.Leaves[index];
            yield return new(problem.Leaves.RemoveAt(index));
            if (leaf.Size > 1) yield return With(leaf.Select((_, values) => values[..(leaf.Size / 2)]));
            if (leaf.Size > 1) yield return With(leaf.Select((_, values) => values[1..]));
            for (int which = 0; which <= Updates; which++)
            {
                if (leaf.Values[which].Any(value => value != 0 || double.IsNegative(value)))
                    yield return With(Filled(which, 0));
                if (leaf.Values[which].Any(value => value is not (0 or 1))) yield return With(Filled(which, 1));
            }

            Problem With(Numbers other) => new(problem.Leaves.SetItem(index, other));
            Numbers Filled(int which, double number) =>
                leaf.Select((other, values) => other == which ? [.. values.Select(_ => number)] : values);
        }
    }

    private enum Scale
    {
        Ordinary,
        Denormal,
        Huge,
        Mixed,
    }

    /// <summary>A leaf: its parameters, then the gradients of each update.</summary>
    /// <param name="Name">The name.</param>
    /// <param name="Rank">1 for a vector, 2 for a matrix of one row.</param>
    /// <param name="Values">θ, then the gradient of each update.</param>
    public sealed record Numbers(string Name, int Rank, ImmutableArray<double[]> Values)
    {
        /// <summary>How many elements it has.</summary>
        public int Size => Values[0].Length;

        internal Numbers Select(Func<int, double[], double[]> change) =>
            this with { Values = [.. Values.Select((values, which) => change(which, values))] };

        /// <summary>The name, the size and the numbers.</summary>
        public override string ToString() => $"{Name}[{Size}] {string.Join(", ", Values.Select(Print))}";

        private static string Print(double[] values, int which) =>
            (which == 0 ? "θ = " : $"g{which} = ")
            + string.Join(" ", values.Take(20).Select(value => value.ToString("R", CultureInfo.InvariantCulture)))
            + (values.Length > 20 ? " …" : "");
    }
}
