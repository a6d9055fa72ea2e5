using System.Collections.Immutable;
using Functional.Optim.Kernels;
using Functional.Optim.Laws;
using Functional.Optim.Tests.Processes;
using Functional.Optim.Training;

namespace Functional.Optim.Tests.Training;

/// <summary>Training on several processes, which are threads here, has the bits of training on one.</summary>
public class DataParallelTests
{
    private const int MicroBatches = 8, Steps = 4, EvaluateEvery = 2, EvaluationBatches = 3;

    private static readonly ParameterTree<float> Start = ParameterTree.Of(
        Leaf.Of("embedding", [90, 100], Numbers(9000, 0)), Leaf.Of("matrix", [40, 30], Numbers(1200, 1)),
        Leaf.Of("bias", [5], Numbers(5, 2)), Leaf.Of("other", [60, 20], Numbers(1200, 3)),
        Leaf.Of<float>("none", [0], []));

    [Theory]
    [InlineData("adamW(learningRate=0.01)")]
    [InlineData("clipByGlobalNorm(maximum=0.5) then adamW(learningRate=0.01).withState(bFloat16)")]
    [InlineData("clipByGlobalNorm(maximum=0.5) then partition(rest[*e*]=adamW(learningRate=0.01), "
        + "all=partition(matrices=muon(learningRate=0.02), all=lion(learningRate=0.01)))")]
    [InlineData("prodigy")]
    [InlineData("lamb(learningRate=0.01) then clipByGlobalNorm(maximum=1)")]
    public void Any_number_of_processes_gives_the_same_bits(string optimizer)
    {
        Optimizer made = Optim.Catalogue.Optimizers.Build(optimizer).OrThrow();
        (ParameterTree<float> parameters, double[] losses, double[] norms) = Train(made, 1);
        Assert.NotEqual(Start, parameters);
        foreach (int processes in (int[])[2, 4, 8])
        {
            (ParameterTree<float> others, double[] otherLosses, double[] otherNorms) = Train(made, processes);
            Assert.Equal(losses, otherLosses);
            Assert.Equal(norms, otherNorms);
            Assert.Equal(parameters, others);
        }
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(6, 2)]
    [InlineData(2, 4)]
    [InlineData(8, 3)]
    public void Micro_batches_that_the_processes_do_not_divide_are_refused(int microBatches, int processes) =>
        ThreadRanks.Run(processes, ranks => Assert.Contains(
            $"{microBatches} micro-batches is not divided by {processes} processes",
            Assert.Throws<ArgumentException>(() => DataParallel.Of(
                TreeShard.Of(Sgd.Of(1), Start.Layout, ranks), new TrainModel<float, int>(Gradient),
                static (_, index) => index, microBatches)).Message, StringComparison.Ordinal));

    [Fact]
    public void An_optimizer_that_needs_the_whole_is_refused() =>
        ThreadRanks.Run(2, ranks => Assert.Throws<ArgumentException>(
            () => TreeShard.Of(Sam.Around(Sgd.Of(0.1)), Start.Layout, ranks)));

    [Fact]
    public void A_tree_without_elements_has_shards_without_elements() => ThreadRanks.Run(3, ranks =>
    {
        ParameterTree<float> empty = ParameterTree.Of(Leaf.Of<float>("none", [0, 5], []));
        TreeShard shard = TreeShard.Of(AdamW.Of(0.1), empty.Layout, ranks);
        (ParameterTree<float> moved, _) = AdamW.Of(0.1).Step(
            shard.Cut(empty), shard.Tree<float>([]), AdamW.Of(0.1).Init(shard.Cut(empty)));
        Assert.Equal(0, moved.AsSpan().Length);
    });

    /// <summary>A gradient that is not finite in one shard is not finite in all.</summary>
    [Fact]
    public void All_processes_skip_a_gradient_that_one_has_as_NaN() => ThreadRanks.Run(4, ranks =>
    {
        Optimizer optimizer = ApplyIfFinite.Around(AdamW.Of(0.1));
        TreeShard shard = TreeShard.Of(optimizer, Start.Layout, ranks);
        float[] gradient = new float[shard.Layout.TotalLength];
        if (ranks.Rank == 2) gradient[0] = float.NaN;
        ParameterTree<float> own = shard.Cut(Start), gradients = shard.Tree<float>(gradient);
        Assert.True(double.IsNaN(gradients.GlobalNorm()));
        (ParameterTree<float> moved, OptimizerState<float> state) = optimizer.Step(own, gradients, optimizer.Init(own));
        Assert.Equal(own, moved);
        Assert.Equal((0, 1), (state.Step, state.Counters.SkippedUpdates));
    });

    [Fact]
    public void Each_process_keeps_its_part_of_the_state()
    {
        int[] lengths = new int[4];
        ThreadRanks.Run(4, ranks =>
        {
            TreeShard shard = TreeShard.Of(AdamW.Of(0.1), Start.Layout, ranks);
            lengths[ranks.Rank] = AdamW.Of(0.1).Init(shard.Cut(Start)).M.AsSpan().Length;
        });
        Assert.Equal(Start.Layout.TotalLength, lengths.Sum());
    }

    /// <summary>Losses, files and what hooks measure are those of one process, and a run goes on with any number.</summary>
    [Fact]
    public void A_run_with_hooks_that_is_resumed_on_other_numbers_is_that_of_one_process()
    {
        Optimizer optimizer = Clip.ByGlobalNorm(0.5).Then(Adafactor.Of(0.01));
        using TemporaryFolder alone = new(), several = new();
        (TrainResult<float> expected, List<LeafNorms> norms) = Run(optimizer, 1, 6, alone.Root);
        (TrainResult<float> first, List<LeafNorms> before) = Run(optimizer, 4, 4, several.Root);
        (TrainResult<float> then, List<LeafNorms> after) = Run(optimizer, 2, 6, several.Root);
        Assert.Equal(norms, [.. before, .. after]);
        Assert.Equal(
            expected.History.Select(report => (report.Step, report.Loss, report.ValidationLoss)),
            first.History.Concat(then.History).Select(report => (report.Step, report.Loss, report.ValidationLoss)));
        foreach (string file in (string[])["checkpoint-0000000006.safetensors", "best.safetensors"])
            Assert.Equal(File.ReadAllBytes(alone.At(file)), File.ReadAllBytes(several.At(file)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void All_stop_after_the_same_step_when_one_is_cancelled(bool inEvaluation)
    {
        long[] steps = new long[4];
        ThreadRanks.Run(4, ranks =>
        {
            using CancellationTokenSource cancel = new();
            TrainResult<float> result = Run(
                Sgd.Of(0.1), ranks, 1000,
                new(
                    (parameters, batch, step) =>
                    {
                        if (ranks.Rank == 2 && !inEvaluation && step > 3 * MicroBatches) cancel.Cancel();
                        return Gradient(parameters, batch, step);
                    },
                    (parameters, batch) =>
                    {
                        if (ranks.Rank == 2 && inEvaluation) cancel.Cancel();
                        return Loss(parameters, batch);
                    }),
                cancellation: cancel.Token);
            Assert.Equal(StopReason.Cancelled, result.Reason);
            steps[ranks.Rank] = result.State.Step;
        });
        Assert.All(steps, step => Assert.Equal(inEvaluation ? EvaluateEvery : 4, step));
    }

    /// <summary>Where the gradient is finite and its square is not, a slot shows it.</summary>
    [Theory]
    [InlineData(NonFinitePolicy.Throw, float.NaN, "The gradient of 'other' is not finite at step 1")]
    [InlineData(NonFinitePolicy.Throw, 3e30f, "The numbers in v of 'other' are not finite after step 1")]
    public void All_name_the_leaf_of_the_shard_that_is_not_finite(NonFinitePolicy policy, float value, string error) =>
        ThreadRanks.Run(4, ranks =>
        {
            TrainResult<float> result = Run(
                Adam.Of(0.1), ranks, 5,
                new(
                    (parameters, batch, step) =>
                    {
                        TreeBuffer<float> gradients = parameters.Layout.Rent<float>();
                        gradients.AsSpan(parameters.Layout["other"])[7] = value;
                        return (0, gradients.ToTree());
                    },
                    Loss),
                policy: policy);
            Assert.Equal(StopReason.NonFinite, result.Reason);
            Assert.Contains(error, result.Failure!.Message, StringComparison.Ordinal);
        });

    /// <summary>The norm of one leaf is measured by the process that has it, and refused by all.</summary>
    [Fact]
    public void All_refuse_an_update_that_is_not_finite_in_one_shard() => ThreadRanks.Run(2, ranks =>
    {
        Optimizer optimizer = Scale.By(3e38).Then(Clip.ByLeafNorm(1)).Then(LearningRate.Of(0.1));
        TreeShard shard = TreeShard.Of(optimizer, Start.Layout, ranks);
        float[] gradients = new float[Start.Layout.TotalLength];
        gradients[Start.Layout["bias"].Offset] = 100;
        ParameterTree<float> own = shard.Cut(Start);
        Assert.Equal("bias", Assert.Throws<NonFiniteGradientException>(() => optimizer.Step(
            own, shard.Tree(gradients.AsSpan(shard.Start, shard.Layout.TotalLength)), optimizer.Init(own))).Leaf);
    });

    /// <summary>It would wait for the others with its last checkpoint, and they for it with their next step.</summary>
    [Fact]
    public void A_process_that_fails_ends_without_the_others()
    {
        using TemporaryFolder folder = new();
        TrainingException<float>? failed = null;
        ThreadRanks.Run(2, ranks =>
        {
            TreeShard shard = TreeShard.Of(Sgd.Of(0.1), Start.Layout, ranks);
            using CheckpointFolder open = CheckpointFolder.Open(folder.Root, shard).ThrowIfFail();
            try
            {
                Run(
                    Sgd.Of(0.1), ranks, 5,
                    new(
                        (parameters, batch, step) => ranks.Rank == 1 && step > 2 * MicroBatches
                            ? throw new InvalidOperationException("a model that fails")
                            : Gradient(parameters, batch, step),
                        Loss),
                    hooks: [Checkpoints.Every(2, open)]);
            }
            catch (TrainingException<float> exception) when (ranks.Rank == 1)
            {
                failed = exception;
                throw new OperationCanceledException();
            }
            catch (TrainingException<float>)
            {
                throw new OperationCanceledException();
            }
        });
        Assert.Equal("a model that fails", failed?.InnerException?.Message);
        Assert.Equal(2, CheckpointFolder.NewestIn<float>(folder.Root).ThrowIfFail().Checkpoint.Step);
    }

    private static TrainResult<float> Run(
        Optimizer optimizer, IRanks ranks, long steps, TrainModel<float, int> model,
        NonFinitePolicy policy = NonFinitePolicy.Throw, Checkpoint<float>? from = null,
        ImmutableArray<TrainHook> hooks = default, CancellationToken cancellation = default)
    {
        TreeShard shard = TreeShard.Of(optimizer, Start.Layout, ranks);
        DataParallel<float, int> parallel = DataParallel.Of(
            shard, model, static (step, index) => (int)(step * MicroBatches) + index, MicroBatches,
            static index => (int)index, EvaluationBatches, cancellation);
        return Trainer.Run(
            TrainerOptions.Of(steps, EvaluateEvery, EvaluationBatches, reportEvery: 1, nonFinitePolicy: policy),
            parallel.Model, optimizer, parallel.Data,
            from ?? new Checkpoint<float>(TrainState.Init(optimizer, shard.Cut(Start))),
            cancellationToken: parallel.Cancellation, hooks: hooks).GetAwaiter().GetResult();
    }

    /// <summary>Trains up to a step, with checkpoints in a folder, from the newest of them.</summary>
    private static (TrainResult<float> Result, List<LeafNorms> Norms) Run(
        Optimizer optimizer, int processes, long steps, string folder)
    {
        var results = new (TrainResult<float>, List<LeafNorms>)[processes];
        ThreadRanks.Run(processes, ranks =>
        {
            using CheckpointFolder open = CheckpointFolder
                .Open(folder, TreeShard.Of(optimizer, Start.Layout, ranks)).ThrowIfFail();
            Recorded norms = new();
            TrainResult<float> result = Run(
                optimizer, ranks, steps, new(Gradient, Loss),
                from: open.Newest<float>(optimizer).Match<Checkpoint<float>?>(
                    Succ: found => found.Checkpoint, Fail: _ => null),
                hooks:
                [
                    Checkpoints.Every(3, open), KeepBest.OnValidation(open), RecordLeafNorms.Every(1, norms),
                ]);
            results[ranks.Rank] = (result, norms.All);
        });
        Assert.All(results, result => Assert.Equal(results[0].Item2, result.Item2));
        return results[0];
    }

    private sealed class Recorded : IProgress<LeafNorms>
    {
        internal List<LeafNorms> All { get; } = [];

        public void Report(LeafNorms value) => All.Add(value);
    }

    private static (ParameterTree<float> Parameters, double[] Losses, double[] Norms) Train(
        Optimizer optimizer, int processes)
    {
        var results = new (ParameterTree<float>, double[], double[])[processes];
        ThreadRanks.Run(processes, ranks =>
        {
            TreeShard shard = TreeShard.Of(optimizer, Start.Layout, ranks);
            var parallel = DataParallel.Of(
                shard, new TrainModel<float, int>(Gradient, Loss),
                static (step, index) => (int)(step * MicroBatches) + index, MicroBatches, static index => (int)index);
            TrainState<float> state = TrainState.Init(optimizer, shard.Cut(Start));
            double[] losses = new double[Steps + 1], norms = new double[Steps];
            for (int step = 1; step <= Steps; step++)
            {
                (state, StepOutcome outcome) = TrainStep.RunDonating(
                    optimizer, parallel.Model.Gradient, state, parallel.Data.Training(step));
                (losses[step - 1], norms[step - 1]) = (outcome.Loss, outcome.GradientNorm);
            }

            losses[Steps] = parallel.Model.Loss!(state.Parameters, parallel.Data.Validation!(1));
            results[ranks.Rank] = (shard.Gather(state.Parameters), losses, norms);
        });
        Assert.All(results, result => Assert.Equal(results[0].Item1, result.Item1));
        Assert.All(results, result => Assert.Equal(results[0].Item2, result.Item2));
        return results[0];
    }

    /// <summary>½·Σ (θ − z)², with z by the batch, and noise by the key of the random bits.</summary>
    private static (double Loss, ParameterTree<float> Gradients) Gradient(
        ParameterTree<float> parameters, int batch, long step)
    {
        TreeBuffer<float> gradients = parameters.Layout.Rent<float>();
        foreach (Leaf leaf in parameters.Layout.Leaves)
        {
            ReadOnlySpan<float> theta = parameters.AsSpan(leaf);
            Span<float> slope = gradients.AsSpan(leaf);
            for (int index = 0; index < theta.Length; index++)
                slope[index] = theta[index] - Target(leaf, index, batch) + (0.1f * Target(leaf, index, 1000 + step));
        }

        return (Loss(parameters, batch), gradients.ToTree());
    }

    private static double Loss(ParameterTree<float> parameters, int batch)
    {
        double loss = 0;
        foreach (Leaf leaf in parameters.Layout.Leaves)
        {
            ReadOnlySpan<float> theta = parameters.AsSpan(leaf);
            for (int index = 0; index < theta.Length; index++)
            {
                double away = theta[index] - Target(leaf, index, batch);
                loss += 0.5 * away * away;
            }
        }

        return loss;
    }

    /// <summary>z of an element, from −1 to 1.</summary>
    private static float Target(Leaf leaf, int index, long batch) =>
        (0.002f * (((index * 37) + (batch * 101) + leaf.Index) % 1000)) - 1;

    private static float[] Numbers(int count, ulong seed)
    {
        Philox random = new(seed);
        return [.. Enumerable.Range(0, count).Select(index => (float)random.Normal((ulong)index))];
    }
}
