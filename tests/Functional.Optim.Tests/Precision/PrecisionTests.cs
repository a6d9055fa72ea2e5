using System.Numerics;

namespace Functional.Optim.Tests.Precision;

/// <summary>How far each elementwise optimizer is from its formula after a thousand steps.</summary>
public class PrecisionTests
{
    private const int Elements = 8;

    internal static readonly ExactFormula[] All = [.. Laws.Catalogue.Cases.SelectMany(one => one.Exact)];

    public static TheoryData<string> Names => [.. All.Select(formula => formula.Name)];

    /// <summary>The tables say what is so: no error is larger than in the table, and none half as large.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void A_thousand_steps_are_as_near_to_exact_ones_as_the_table_says(string name)
    {
        ExactFormula formula = All.Single(one => one.Name == name);
        (decimal[][] thetas, decimal[][][] slots) = Trajectory(formula);
        (double Parameters, double State) inFloat = Errors<float>(formula, thetas, slots),
            inDouble = Errors<double>(formula, thetas, slots);
        Assert.True(
            IsSo(inFloat.Parameters, formula.InFloat.Parameters) && IsSo(inFloat.State, formula.InFloat.State)
            && IsSo(inDouble.Parameters, formula.InDouble.Parameters) && IsSo(inDouble.State, formula.InDouble.State),
            $"{name} is wrong by {inFloat}, {inDouble} ulp");

        static bool IsSo(double error, double stated) => error <= stated && (error > stated / 2 || stated <= 1);
    }

    [Fact]
    public void Every_optimizer_of_one_rule_is_among_them() => Assert.Empty(
        Optim.Catalogue.Optimizers.Where(entry =>
            Laws.Catalogue.CaseOf(entry) is { Exact.IsEmpty: true } one
            && one.Build(entry, ExactFormula.Rate) is ElementwiseOptimizer).Select(entry => entry.Name));

    /// <summary>θ and the slots after each step, by element.</summary>
    private static (decimal[][] Thetas, decimal[][][] Slots) Trajectory(ExactFormula formula)
    {
        decimal[][] thetas = new decimal[ExactFormula.Steps][];
        decimal[][][] slots = new decimal[ExactFormula.Steps][][];
        decimal[] theta = [.. Start.Select(Exact.Of)];
        decimal[][] state = [.. theta.Select(_ => formula.Start.ToArray())];
        for (int step = 1; step <= ExactFormula.Steps; step++)
        {
            for (int index = 0; index < Elements; index++)
                theta[index] = formula.Step(step, theta[index], Exact.Of(Gradient(step, index)), state[index]);
            thetas[step - 1] = [.. theta];
            slots[step - 1] = [.. state.Select(own => own.ToArray())];
        }

        return (thetas, slots);
    }

    /// <summary>The largest errors of parameters and of slots.</summary>
    private static (double Parameters, double State) Errors<T>(
        ExactFormula formula, decimal[][] thetas, decimal[][][] slots)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ParameterTree<T> parameters = Tree<T>(index => Start[index]);
        OptimizerState<T> state = formula.Optimizer.Init(parameters);
        Assert.Equal(formula.Start.Length, state.SlotCount);
        Error<T> ofParameters = new(Elements), ofState = new(Elements * state.SlotCount);
        for (int step = 1; step <= ExactFormula.Steps; step++)
        {
            (parameters, state) = formula.Optimizer.StepDonating(
                parameters, Tree<T>(index => Gradient(step, index)), state);
            for (int index = 0; index < Elements; index++)
            {
                ofParameters.Add(index, thetas[step - 1][index], parameters.AsSpan("x")[index]);
                for (int slot = 0; slot < state.SlotCount; slot++)
                    ofState.Add(
                        (slot * Elements) + index, slots[step - 1][index][slot], state[slot].AsSpan("x")[index]);
            }
        }

        return (Math.Round(ofParameters.Largest, 2), Math.Round(ofState.Largest, 2));
    }

    private static ParameterTree<T> Tree<T>(Func<int, double> element)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => ParameterTree.Of(Leaf.Of(
            "x", [Elements], [.. Enumerable.Range(0, Elements).Select(index => T.CreateTruncating(element(index)))]));

    private static readonly double[] Start =
        [.. Enumerable.Range(0, Elements).Select(index => (double)(float)Math.Cos(index))];

    /// <summary>Waves of several lengths, with a zero now and then, exact in float.</summary>
    private static double Gradient(int step, int index) =>
        (step + index) % 7 == 0 ? 0 : (float)(Math.Sin((0.9 * step) + index) * (1 + (0.3 * index)));

    /// <summary>The largest error so far, in ulp of the largest exact value of the element so far.</summary>
    private sealed class Error<T>(int elements)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private static readonly int Digits = typeof(T) == typeof(float) ? 23 : 52;
        private readonly double[] sizes = new double[elements];

        internal double Largest { get; private set; }

        internal void Add(int element, decimal exact, T actual)
        {
            sizes[element] = Math.Max(sizes[element], (double)Math.Abs(exact));
            double error = (double)Math.Abs(Exact.Of(double.CreateTruncating(actual)) - exact);
            if (error == 0) return;
            Largest = Math.Max(
                Largest, Math.ScaleB(error, Digits - Math.ILogB(sizes[element])));
        }
    }
}
