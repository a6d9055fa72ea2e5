using Functional.Optim.Autodiff;
using Functional.Optim.Benchmarks.Quick;

namespace Functional.Optim.Benchmarks.Profile;

/// <summary>
/// An operation of the step as often as the step has it, each on memory of its own. Its time is that of the sum of all
/// results, less that of the sum of numbers of the same shapes.
/// </summary>
internal sealed class ProfiledOperation
{
    private readonly int uses;
    private readonly Timing forward, both, sumForward, sumBoth;

    /// <summary>Allocates inputs and results.</summary>
    /// <param name="name">What the table calls it.</param>
    /// <param name="uses">The shapes of the inputs of each use, and what is applied to them.</param>
    internal ProfiledOperation(string name, params IReadOnlyList<OperationUse> uses)
    {
        (Name, this.uses) = (name, uses.Count);
        ParameterTree<float> inputs = Training.Waves(TreeLayout.Of(
        [
            .. uses.SelectMany(static (use, index) => use.Inputs.Select((shape, place) => (At(index, place), shape))),
        ]));
        (string, int[])[] outputs = new (string, int[])[uses.Count];
        Differentiate.Value(Sum(Record), inputs);
        ParameterTree<float> results = Training.Waves(TreeLayout.Of(outputs));
        LossFunction<float> apply = Sum(Apply), take = Sum(static (of, index) => of[At(index, 0)]);
        (forward, both) = (Forward(apply, inputs), Both(apply, inputs));
        (sumForward, sumBoth) = (Forward(take, results), Both(take, results));

        Variable<float> Apply(Variables<float> of, int index) =>
            uses[index].Apply([.. uses[index].Inputs.Select((_, place) => of[At(index, place)])]);

        Variable<float> Record(Variables<float> of, int index)
        {
            Variable<float> result = Apply(of, index);
            int[] shape = [.. Enumerable.Range(0, result.Shape.Rank).Select(axis => result.Shape[axis])];
            outputs[index] = (At(index, 0), shape);
            return result;
        }

        LossFunction<float> Sum(Func<Variables<float>, int, Variable<float>> of) => parameters =>
        {
            Variable<float> sum = of(parameters, 0).Sum();
            for (int index = 1; index < uses.Count; index++) sum += of(parameters, index).Sum();
            return sum;
        };
    }

    /// <summary>What the table calls it.</summary>
    internal string Name { get; }

    /// <summary>What is measured in turns.</summary>
    internal IEnumerable<Timing> Timings => [forward, both, sumForward, sumBoth];

    /// <summary>Its times.</summary>
    internal ProfilePart Part
    {
        get
        {
            double ahead = forward.MedianSeconds - sumForward.MedianSeconds;
            return new($"{Name}, {uses}", ahead, both.MedianSeconds - sumBoth.MedianSeconds - ahead);
        }
    }

    private static string At(int index, int place) => $"{index}.{place}";

    private static Timing Forward(LossFunction<float> of, ParameterTree<float> parameters) =>
        new("forward", () => Differentiate.Value(of, parameters));

    private static Timing Both(LossFunction<float> of, ParameterTree<float> parameters) =>
        new("both", () => Differentiate.ValueAndGradient(of, parameters).Gradients.Release());
}

/// <summary>One use of an operation.</summary>
/// <param name="Inputs">The shapes of its inputs.</param>
/// <param name="Apply">What is applied to them.</param>
internal sealed record OperationUse(int[][] Inputs, Func<Variable<float>[], Variable<float>> Apply);
