using System.Threading.Channels;
using Functional.Optim;
using Functional.Optim.Autodiff;
using Functional.Optim.Kernels;

namespace Pipelines;

/// <summary>
/// An actor owns parameters and state: one loop reads messages from a channel, and nobody else makes steps. Four
/// workers send it gradients; when those of all workers are there, it makes a step and answers with the result.
/// Others ask for snapshots while it runs. A snapshot is a value that never changes, so no lock guards it, and to
/// answer costs nothing. Gradients are added in the order of the workers, whichever comes first, so the bits are
/// those of a plain loop.
/// </summary>
public static class ChannelActor
{
    private const int Workers = 4, Rounds = 100, Points = 32, Features = 3;

    private static readonly Sgd Optimizer = Sgd.Of(0.05, momentum: 0.9);

    private static readonly LossFunction<float>[] Losses = [.. Enumerable.Range(0, Workers).Select(LossOf)];

    /// <summary>Trains with four workers, and writes what snapshots of the actor show.</summary>
    /// <param name="output">Where it writes.</param>
    /// <param name="cancellation">Stops actor and workers.</param>
    public static async Task Run(TextWriter output, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(output);
        ParameterTree<float> zeros = ParameterTree.Of(Leaf.Of("weight", [Features, 1], new float[Features]));
        Snapshot start = new(zeros, Optimizer.Init(zeros));
        Channel<Message> inbox = Channel.CreateUnbounded<Message>(new() { SingleReader = true });
        // Where the actor ends, so do those that wait for its answers.
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task<Snapshot>[] asked =
        [
            .. new long[] { 1, 10, Rounds }.Select(step => Ask(inbox.Writer, new Question(step), end.Token)),
        ];
        Task actor = Act(inbox.Reader, start, end);
        Task[] workers =
            [.. Enumerable.Range(0, Workers).Select(worker => Work(worker, start, inbox.Writer, end.Token))];
        await Task.WhenAll(actor, Close(inbox.Writer, [.. workers, .. asked]));
        foreach (Task<Snapshot> answer in asked)
        {
            Snapshot snapshot = await answer;
            float[] weight = snapshot.Parameters.AsSpan("weight").ToArray();
            string weights = string.Join(' ', weight.Select(each => $"{each,7:0.0000}"));
            string losses = string.Join(
                ' ', Losses.Select(loss => $"{Differentiate.Value(loss, snapshot.Parameters):0.00000}"));
            await output.WriteLineAsync(
                $"snapshot after step {snapshot.State.Step,3}: weights {weights}, losses of the workers {losses}");
        }

        Snapshot plain = Enumerable.Range(0, Rounds).Aggregate(start, (at, _) =>
            Next(at, Enumerable.Range(0, Workers).Select(worker => GradientsOf(worker, at))));
        await output.WriteLineAsync("the bits of a plain loop: " + (plain == await asked[^1] ? "the same" : "others"));
    }

    /// <summary>The actor: the only one that makes steps.</summary>
    private static async Task Act(ChannelReader<Message> inbox, Snapshot start, CancellationTokenSource end)
    {
        Snapshot now = start;
        SortedDictionary<int, Gradients> round = [];
        List<Question> questions = [];
        try
        {
            await foreach (Message message in inbox.ReadAllAsync(end.Token))
            {
                if (message is Question question) questions.Add(question);
                if (message is Gradients gradients) round.Add(gradients.Worker, gradients);
                if (round.Count == Workers)
                {
                    now = Next(now, round.Values.Select(each => each.Tree));
                    foreach (Gradients each in round.Values) each.Answer.SetResult(now);
                    round.Clear();
                }

                foreach (Question each in questions.Where(IsDue)) each.Answer.SetResult(now);
                questions.RemoveAll(IsDue);
            }
        }
        finally
        {
            await end.CancelAsync();
        }

        bool IsDue(Question question) => question.Step <= now.State.Step;
    }

    /// <summary>A worker: gradients at what the last answer was, round after round.</summary>
    private static async Task Work(
        int worker, Snapshot start, ChannelWriter<Message> actor, CancellationToken cancellation)
    {
        Snapshot at = start;
        for (int round = 0; round < Rounds; round++)
            at = await Ask(actor, new Gradients(worker, GradientsOf(worker, at)), cancellation);
    }

    private static async Task<Snapshot> Ask(
        ChannelWriter<Message> actor, Message message, CancellationToken cancellation)
    {
        await actor.WriteAsync(message, cancellation);
        return await message.Answer.Task.WaitAsync(cancellation);
    }

    /// <summary>Lets the actor end once all who ask it have their answers.</summary>
    private static async Task Close(ChannelWriter<Message> actor, Task[] askers)
    {
        await Task.WhenAll(askers);
        actor.Complete();
    }

    /// <summary>The step of a round: a pure function, with the actor or without.</summary>
    private static Snapshot Next(Snapshot at, IEnumerable<ParameterTree<float>> gradients)
    {
        ParameterTree<float> mean = gradients
            .Aggregate(GradientAccumulator<float>.Of(at.Parameters.Layout), (sum, each) => sum.Add(each)).Mean();
        (ParameterTree<float> parameters, SgdState<float> state) = Optimizer.Step(at.Parameters, mean, at.State);
        return new(parameters, state);
    }

    private static ParameterTree<float> GradientsOf(int worker, Snapshot at) =>
        Differentiate.ValueAndGradient(Losses[worker], at.Parameters).Gradients;

    /// <summary>The mean squared error of y = a - 2·b + 0.5·c and noise on the points of a worker.</summary>
    private static LossFunction<float> LossOf(int worker)
    {
        Philox random = new((ulong)worker);
        float[] x = [.. Enumerable.Range(0, Points * Features).Select(index => (float)random.Normal((ulong)index))];
        float[] y =
        [
            .. Enumerable.Range(0, Points).Select(k => x[3 * k] - (2 * x[(3 * k) + 1]) + (0.5f * x[(3 * k) + 2])
                + (float)(0.1 * random.Normal((ulong)k, 1))),
        ];
        return at => at.Constant(new(Points, Features), x).MatMul(at["weight"])
            .MeanSquaredError(at.Constant(new(Points, 1), y));
    }

    private abstract record Message
    {
        public TaskCompletionSource<Snapshot> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed record Gradients(int Worker, ParameterTree<float> Tree) : Message;

    private sealed record Question(long Step) : Message;

    private sealed record Snapshot(ParameterTree<float> Parameters, SgdState<float> State);
}
