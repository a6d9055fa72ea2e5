using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;

namespace Functional.Optim;

/// <summary>
/// What <see cref="Lbfgs"/> remembers, in the form in which it works with it; a state holds the same as slots and
/// scalars.
/// </summary>
/// <param name="Iterations">How many iterations the steps took together.</param>
/// <param name="Evaluations">How often they asked for loss and gradient.</param>
/// <param name="History">The last moves that bent the loss upwards, oldest first.</param>
/// <param name="Gradients">The gradient from which the last iteration started; <c>default</c> before the first.</param>
/// <param name="Direction">The direction it took; <c>default</c> before the first.</param>
/// <param name="StepSize">How far it went along it.</param>
internal sealed record LbfgsMemory<T>(
    long Iterations, long Evaluations, ImmutableArray<LbfgsPair<T>> History, ParameterTree<T> Gradients,
    ParameterTree<T> Direction, double StepSize)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Slots before those of the moves: the gradient and the direction.</summary>
    private const int Leading = 2;

    /// <summary>Scalars before those of the moves: the two counts and the step size.</summary>
    private const int LeadingScalars = 3;

    internal static LbfgsMemory<T> Of(OptimizerState<T> state)
    {
        ReadOnlySpan<double> scalars = state.Shell?.Scalars ?? [];
        if (scalars.IsEmpty) return new(0, 0, [], default, default, 0);
        LbfgsPair<T>[] history = new LbfgsPair<T>[LbfgsMemory.MovesOf(state.SlotCount)];
        for (int index = 0; index < history.Length; index++)
        {
            int slot = Leading + (2 * index), scalar = LeadingScalars + (2 * index);
            history[index] = new(state[slot], state[slot + 1], scalars[scalar], scalars[scalar + 1]);
        }

        bool isFirst = state.SlotCount == 0;
        return new(
            (long)scalars[0], (long)scalars[1], [.. history], isFirst ? default : state[0],
            isFirst ? default : state[1], scalars[2]);
    }

    internal ParameterTree<T>[] Slots() => Direction.IsDefault
        ? []
        : [Gradients, Direction, .. History.SelectMany(pair => (ParameterTree<T>[])[pair.Move, pair.GradientChange])];

    internal double[] Scalars() =>
        [
            Iterations, Evaluations, StepSize,
            .. History.SelectMany(pair => (double[])[pair.InverseCurvature, pair.Scale]),
        ];
}

/// <summary>The names of the slots and scalars that store an <see cref="LbfgsMemory{T}"/> in a state.</summary>
internal static class LbfgsMemory
{
    internal static int MovesOf(int slots) => Math.Max(0, (slots - 2) / 2);

    internal static ImmutableArray<string> SlotNames(int slots) => slots == 0
        ? []
        : ["gradient", "direction", .. Each(slots, "move", "change")];

    internal static ImmutableArray<string> ScalarNames(int slots) =>
        ["iterations", "evaluations", "stepSize", .. Each(slots, "rho", "gamma")];

    private static IEnumerable<string> Each(int slots, string first, string second) =>
        Enumerable.Range(0, MovesOf(slots)).SelectMany(
            index => (string[])
            [
                string.Create(CultureInfo.InvariantCulture, $"{first} {index}"),
                string.Create(CultureInfo.InvariantCulture, $"{second} {index}"),
            ]);
}
