using Functional.Optim.Tests.Kernels;

namespace Functional.Optim.Tests.Laws;

/// <summary>One optimizer, one layout and one state, used by eight threads at once.</summary>
[Collection(ThreadLimit.Name)]
public class ConcurrencyTests
{
    private const int Threads = 8;

    /// <summary>How often each thread makes its steps; a longer search is asked for by <c>LONG=1</c>.</summary>
    private static readonly int Rounds = Effort.Times(6);

    public static TheoryData<string> Names => Catalogue.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Steps_on_eight_threads_have_the_bits_of_steps_on_one(string name)
    {
        Optimizer optimizer = Catalogue.Get(name);
        ParameterTree<float> parameters = Trees.Random<float>(0);
        OptimizerState<float> start = optimizer.Init(parameters);
        ParameterTree<float>[] gradients = [.. Enumerable.Range(1, 3).Select(seed => Trees.Random<float>(seed))];
        (ParameterTree<float> Parameters, OptimizerState<float> State) expected = Steps(donate: false);
        Exception?[] found = new Exception?[Threads];
        Thread[] threads =
        [
            .. Enumerable.Range(0, Threads).Select(thread => new Thread(() => found[thread] = Record.Exception(() =>
            {
                for (int round = 0; round < Rounds; round++)
                {
                    var actual = Steps(donate: (thread + round) % 2 == 0);
                    Assert.Equal(expected, actual);
                    foreach (ParameterTree<float> tree in TreesOf(actual)) tree.Release();
                }
            }))),
        ];
        foreach (Thread thread in threads) thread.Start();
        foreach (Thread thread in threads) thread.Join();
        Assert.All(found, Assert.Null);

        (ParameterTree<float> Parameters, OptimizerState<float> State) Steps(bool donate)
        {
            // The first step shares its inputs among the threads; what the next are given is the thread's own.
            var (moved, state) = optimizer.Step(parameters, gradients[0], start);
            for (int step = 1; step < gradients.Length; step++)
            {
                (moved, state) = donate
                    ? optimizer.StepDonating(moved, gradients[step].Plus(moved.Layout.Zeros<float>()), state)
                    : optimizer.Step(moved, gradients[step], state);
            }

            return (moved, state);
        }

        static IEnumerable<ParameterTree<float>> TreesOf(
            (ParameterTree<float> Parameters, OptimizerState<float> State) made) =>
            Enumerable.Range(0, made.State.SlotCount).Select(slot => made.State[slot]).Append(made.Parameters);
    }
}
