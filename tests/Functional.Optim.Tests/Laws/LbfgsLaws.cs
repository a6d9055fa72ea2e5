using System.Numerics;
using Functional.Optim.Laws;

namespace Functional.Optim.Tests.Laws;

/// <summary>
/// The laws of L-BFGS, through its own step with a report. It measures all leaves together and has no parts, so the
/// laws of splitting and composition say nothing of it.
/// </summary>
[Collection(Kernels.ThreadLimit.Name)]
public class LbfgsLaws
{
    private static readonly Lbfgs[] Variants =
    [
        Lbfgs.Of(Schedule.LinearWarmup(0.5, 3), maximumIterations: 4),
        Lbfgs.Of(maximumIterations: 4, historySize: 2, lineSearch: LineSearch.StrongWolfe),
    ];

    [Fact]
    public void Purity_inputs_stay_and_equal_inputs_give_equal_bits() => Hold(Purity<float>, Purity<double>);

    [Fact]
    public void Resume_some_steps_then_the_rest_from_copies_are_all_of_them_in_a_row() =>
        Hold(Resume<float>, Resume<double>);

    [Fact]
    public void Frozen_leaves_stay_whatever_their_gradient_and_the_others_do_as_if_they_were_not_there() =>
        Hold(Frozen<float>, Frozen<double>);

    [Fact]
    public void A_rate_of_zero_changes_nothing() => Hold(ZeroRate<float>, ZeroRate<double>);

    [Fact]
    public void Threads_do_not_change_a_bit()
    {
        foreach (Lbfgs lbfgs in Variants)
        {
            Check<float>();
            Check<double>();

            void Check<T>()
                where T : unmanaged, IBinaryFloatingPointIeee754<T> => Assert.Equal(
                Kernels.ThreadLimit.With(1, () => After<T>(lbfgs, Problem.Large, steps: 2)),
                Kernels.ThreadLimit.With(4, () => After<T>(lbfgs, Problem.Large, steps: 2)));
        }
    }

    private static void Hold(Action<Lbfgs, Problem> inFloat, Action<Lbfgs, Problem> inDouble)
    {
        foreach (Lbfgs lbfgs in Variants)
        {
            Law.Holds(problem => inFloat(lbfgs, problem), Problem.Ordinary());
            Law.Holds(problem => inDouble(lbfgs, problem), Problem.Ordinary());
        }
    }

    private static void Purity<T>(Lbfgs lbfgs, Problem problem)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        (ParameterTree<T> parameters, LbfgsState<T> state) = After<T>(lbfgs, problem, steps: 2);
        (ParameterTree<T> parametersBefore, LbfgsState<T> stateBefore) = (parameters.Copy(), Copy(state));
        var first = lbfgs.Step(LossOf<T>(problem), parameters, state);
        Assert.Equal((parametersBefore, stateBefore), (parameters, state));
        Assert.Equal(first, lbfgs.Step(LossOf<T>(problem), parameters, state));
    }

    private static void Resume<T>(Lbfgs lbfgs, Problem problem)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (int stop = 0; stop < 3; stop++)
        {
            (ParameterTree<T> parameters, LbfgsState<T> state) = After<T>(lbfgs, problem, stop);
            (parameters, state) = (parameters.Copy(), Copy(state));
            for (int step = stop; step < 3; step++)
                (parameters, state, _) = lbfgs.Step(LossOf<T>(problem), parameters, state);
            Assert.Equal(After<T>(lbfgs, problem, steps: 3), (parameters, state));
        }
    }

    private static void Frozen<T>(Lbfgs lbfgs, Problem problem)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        static bool IsFrozen(string leaf) => leaf is "leaf0" or "leaf3";
        Lbfgs freezing = Lbfgs.Of(
            lbfgs.LearningRate, lbfgs.MaximumIterations, lbfgs.MaximumEvaluations, lbfgs.GradientTolerance,
            lbfgs.ChangeTolerance,
            lbfgs.HistorySize, lbfgs.LineSearch, frozen: leaf => IsFrozen(leaf.Name));
        ParameterTree<T> start = problem.Parameters<T>(), parameters = start;
        LbfgsState<T> state = freezing.Init(parameters);
        Problem rest = new([.. problem.Leaves.Where(leaf => !IsFrozen(leaf.Name))]);
        for (int step = 0; step < 2; step++) (parameters, state, _) = freezing.Step(Spoiled, parameters, state);
        ParameterTree<T> expected = After<T>(lbfgs, rest, steps: 2).Parameters;
        foreach (Leaf leaf in start.Layout.Leaves)
        {
            if (IsFrozen(leaf.Name))
            {
                Claim.Same("frozen", leaf.Name, start.AsSpan(leaf), parameters.AsSpan(leaf));
                continue;
            }

            for (int index = 0; index < leaf.Length; index++)
            {
                Assert.Equal(
                    double.CreateTruncating(expected.AsSpan(leaf.Name)[index]),
                    double.CreateTruncating(parameters.AsSpan(leaf)[index]),
                    typeof(T) == typeof(float) ? 1e-3 : 1e-9);
            }
        }

        (double Loss, ParameterTree<T> Gradients) Spoiled(ParameterTree<T> at)
        {
            (double loss, ParameterTree<T> gradients) = LossOf<T>(problem, leaf => !IsFrozen(leaf))(at);
            TreeBuffer<T> all = at.Layout.Rent<T>();
            foreach (Leaf leaf in at.Layout.Leaves)
            {
                if (IsFrozen(leaf.Name)) all.AsSpan(leaf).Fill(T.NaN);
                else gradients.AsSpan(leaf).CopyTo(all.AsSpan(leaf));
            }

            return (loss, all.ToTree());
        }
    }

    private static void ZeroRate<T>(Lbfgs lbfgs, Problem problem)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Lbfgs still = lbfgs with { LearningRate = 0 };
        Assert.Equal(problem.Parameters<T>(), After<T>(still, problem, steps: 2).Parameters);
    }

    private static (ParameterTree<T> Parameters, LbfgsState<T> State) After<T>(Lbfgs lbfgs, Problem problem, int steps)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ParameterTree<T> parameters = problem.Parameters<T>();
        LbfgsState<T> state = lbfgs.Init(parameters);
        for (int step = 0; step < steps; step++)
            (parameters, state, _) = lbfgs.Step(LossOf<T>(problem), parameters, state);
        return (parameters, state);
    }

    /// <summary>½·Σ (1 + |g₁|)·(θ − g₂)², over the leaves that count.</summary>
    private static ValueAndGradient<T> LossOf<T>(Problem problem, Func<string, bool>? counts = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => parameters =>
    {
        TreeBuffer<T> gradients = parameters.Layout.Rent<T>();
        double loss = 0;
        foreach (Problem.Numbers leaf in problem.Leaves.Where(leaf => counts?.Invoke(leaf.Name) ?? true))
        {
            ReadOnlySpan<T> theta = parameters.AsSpan(leaf.Name);
            Span<T> slope = gradients.AsSpan(leaf.Name);
            for (int index = 0; index < leaf.Size; index++)
            {
                double curvature = 1 + Math.Abs(leaf.Values[1][index]),
                    away = double.CreateTruncating(theta[index]) - leaf.Values[2][index];
                loss += 0.5 * curvature * away * away;
                slope[index] = T.CreateTruncating(curvature * away);
            }
        }

        return (loss, gradients.ToTree());
    };

    private static LbfgsState<T> Copy<T>(LbfgsState<T> state)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => LbfgsState<T>.From(state.ToState().Copy());
}
