using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Functional.Optim.TorchSharp.Tests;

using Network = nn.Module<Tensor, Tensor>;

public class StepTests
{
    private static readonly Optimizer[] Compositions =
    [
        AdamW.Of(0.01, weightDecay: 0.1),
        Clip.ByGlobalNorm(0.1).Then(Adam.Scaling()).Then(WeightDecay.Decoupled(0.1)).Then(
            LearningRate.Of(Schedule.Cosine(0.01, totalSteps: 8))),
        Partition.Of((LeafFilter.Matrices, Muon.Of(0.02)), (LeafFilter.All, Lion.Of(0.001))),
        AdamW.Of(0.01).WithState(StateFormat.BFloat16),
        Sgd.Of(0.1, momentum: 0.9) with { Groups = [LeafGroup.Frozen("hidden", LeafFilter.Named("hidden.*"))] },
        Prodigy.Of(1),
        Accumulate.Of(2, AdamW.Of(0.01)),
        ApplyIfFinite.Around(Clip.ByGlobalNorm(1).Then(Sgd.Of(0.1))),
    ];

    [TorchFact]
    public void Losses_are_those_of_torch()
    {
        Same(all => optim.AdamW(all, lr: 0.01, weight_decay: 0.1), AdamW.Of(0.01, weightDecay: 0.1));
        Same(all => optim.Adam(all, lr: 0.01, amsgrad: true), Adam.Of(0.01, amsGrad: AmsGrad.OfMoment));
        Same(all => optim.SGD(all, learningRate: 0.1, momentum: 0.9), Sgd.Of(0.1, momentum: 0.9));
        Same(all => optim.Adagrad(all, lr: 0.05), Adagrad.Of(0.05));
        Same(all => optim.Adamax(all, lr: 0.01), Adamax.Of(0.01));

        static void Same(Func<IEnumerable<Parameter>, optim.Optimizer> torchs, Optimizer optimizer)
        {
            using Network theirs = Networks.Mlp(), ours = Networks.Mlp();
            using optim.Optimizer their = torchs(theirs.parameters()), our = TorchOptimizer.Of(ours, optimizer);
            double[] expected = Networks.Train(theirs, their, 60), actual = Networks.Train(ours, our, 60);
            Assert.True(expected[^1] < expected[0] / 2, $"{optimizer} trains");
            Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.Item1, pair.Item2, 2e-5));
        }
    }

    [TorchFact]
    public void The_bits_are_those_of_pure_steps()
    {
        foreach (Optimizer optimizer in Compositions)
        {
            ArePure<float>(Networks.Mlp(), optimizer);
            ArePure<float>(Transposed(Networks.Mlp()), optimizer);
            ArePure<double>(Networks.Mlp(ScalarType.Float64), optimizer);
        }

        static void ArePure<T>(Network network, Optimizer optimizer)
            where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
        {
            using Network disposed = network;
            using TorchOptimizer<T> bound = TorchOptimizer.Of<T>(network, optimizer);
            ParameterTree<T> parameters = TorchTree.Of<T>(network);
            OptimizerState<T> state = optimizer.Init(parameters);
            for (int step = 0; step < 6; step++)
            {
                bound.zero_grad();
                Networks.Backward(network, step);
                (parameters, state) = optimizer.Step(parameters, TorchTree.GradientsOf<T>(network), state);
                bound.step();
                Assert.Equal((parameters, state), (TorchTree.Of<T>(network), bound.State));
                Assert.Equal(parameters, bound.ToTree());
            }
        }
    }

    [TorchFact]
    public void Contiguous_tensors_are_not_copied_and_others_are()
    {
        Assert.Equal(0, TensorsMade(Networks.Mlp()));

        // Parameters and gradients of the two matrices: autograd gives gradients the order of their parameters.
        Assert.Equal(4, TensorsMade(Transposed(Networks.Mlp())));

        static long TensorsMade(Network network)
        {
            using Network disposed = network;
            Networks.Backward(network, 0);
            // Those that earlier tests left are gone before they are counted.
            GC.Collect();
            GC.WaitForPendingFinalizers();
            long before = Tensor.TotalCount;
            using TorchOptimizer<float> bound = TorchOptimizer.Of(network, AdamW.Of(0.01));
            nint[] handles = [.. network.parameters().Select(parameter => parameter.Handle)];
            for (int step = 0; step < 2; step++)
            {
                // What the optimizer keeps is not that of the scope.
                using DisposeScope scope = NewDisposeScope();
                bound.step();
            }

            Assert.Equal(handles, network.parameters().Select(parameter => parameter.Handle));
            return Tensor.TotalCount - before;
        }
    }

    [TorchFact]
    public void A_module_may_have_both_types_and_scalars_with_double()
    {
        using Mixed module = new();
        using TorchOptimizer<double> bound = TorchOptimizer.Of<double>(module, Sgd.Of(0.5));
        using Tensor loss = (module.Single * 3).to(ScalarType.Float64) + (module.Double * module.Double);
        loss.backward();
        bound.step();
        Assert.Equal((1f - 1.5f, 2d - 2d), (module.Single.item<float>(), module.Double.item<double>()));
    }

    [TorchFact]
    public void A_parameter_without_a_gradient_stays_and_so_does_its_state()
    {
        using Network network = Networks.Mlp();
        Optimizer optimizer = AdamW.Of(0.01, weightDecay: 0.1);
        using TorchOptimizer<float> bound = TorchOptimizer.Of(network, optimizer);
        Networks.Train(network, bound, 2);
        ParameterTree<float> before = bound.ToTree();
        AdamState<float> state = AdamState<float>.From(bound.State.Copy());
        network.zero_grad();
        using (Tensor loss = network.get_parameter("output.bias")!.sum()) loss.backward();
        bound.step();
        ParameterTree<float> after = bound.ToTree();
        AdamState<float> next = AdamState<float>.From(bound.State);
        foreach (string name in (string[])["hidden.weight", "hidden.bias", "output.weight"])
        {
            Assert.Equal(before.AsSpan(name), after.AsSpan(name));
            Assert.Equal(state.M.AsSpan(name), next.M.AsSpan(name));
            Assert.Equal(state.V.AsSpan(name), next.V.AsSpan(name));
        }

        Assert.False(before == after);
        Assert.Equal((3, 0L), (bound.State.Step, bound.State.SlotStarts[0][3]));
        Assert.All(bound.State.SlotStarts[0].Take(3), start => Assert.Equal(1, start));

        // Without any gradient there is no update.
        network.zero_grad();
        bound.step();
        Assert.Equal((3, after), (bound.State.Step, bound.ToTree()));
    }

    [TorchFact]
    public void Autograd_notices_an_update()
    {
        foreach (Optimizer optimizer in (Optimizer[])[Sgd.Of(0.1), ApplyIfFinite.Around(Sgd.Of(0.1))])
        {
            foreach (Network network in (Network[])[Networks.Mlp(), Transposed(Networks.Mlp())])
            {
                using Network disposed = network;
                using TorchOptimizer<float> bound = TorchOptimizer.Of(network, optimizer);
                Networks.Backward(network, 0);
                using Tensor before = Networks.Loss(network, 1);
                bound.step();
                Assert.Contains(
                    "modified by an inplace operation",
                    Assert.ThrowsAny<Exception>(() => before.backward()).Message,
                    StringComparison.Ordinal);
                Networks.Backward(network, 1);
            }
        }
    }

    [TorchFact]
    public void Autograd_does_not_notice_what_was_not_updated()
    {
        using Network network = Networks.Mlp();
        using TorchOptimizer<float> bound = TorchOptimizer.Of(
            network, Sgd.Of(0.1) with { Groups = [LeafGroup.Frozen("all", LeafFilter.All)] });
        Networks.Backward(network, 0);
        using Tensor before = Networks.Loss(network, 1);
        bound.step();
        before.backward();
        Assert.Equal(TorchTree.Of(Networks.Mlp()), bound.ToTree());
    }

    [TorchFact]
    public void A_step_that_throws_changes_nothing()
    {
        foreach (Optimizer optimizer in (Optimizer[])[
            Clip.ByGlobalNorm(1).Then(AdamW.Of(0.1)), Accumulate.Of(1, Clip.ByGlobalNorm(1).Then(AdamW.Of(0.1)))])
        {
            using Network network = Networks.Mlp();
            using TorchOptimizer<float> bound = TorchOptimizer.Of(network, optimizer);
            Networks.Train(network, bound, 1);
            (ParameterTree<float> parameters, OptimizerState<float> state) = (bound.ToTree(), bound.State.Copy());
            Networks.Backward(network, 1, double.NaN);
            using Tensor before = Networks.Loss(network, 2);
            Assert.Equal(
                "hidden.weight", Assert.Throws<NonFiniteGradientException>(() => bound.step()).Leaf);
            Assert.Equal((parameters, state), (bound.ToTree(), bound.State));
            before.backward();
        }
    }

    [TorchFact]
    public void A_gradient_that_is_not_finite_is_skipped_where_that_is_asked_for()
    {
        using Network network = Networks.Mlp();
        using TorchOptimizer<float> bound = TorchOptimizer.Of(network, ApplyIfFinite.Around(AdamW.Of(0.1)));
        Networks.Backward(network, 1, double.NaN);
        ParameterTree<float> before = bound.ToTree();
        bound.step();
        Assert.Equal((before, 1), (bound.ToTree(), bound.State.Counters.SkippedUpdates));
    }

    [TorchFact]
    public void A_closure_computes_the_loss_of_a_step()
    {
        using Network network = Networks.Mlp(), other = Networks.Mlp();
        using TorchOptimizer<float> bound = TorchOptimizer.Of(network, AdamW.Of(0.1)),
            plain = TorchOptimizer.Of(other, AdamW.Of(0.1));
        using (no_grad())
        {
            using Tensor? loss = bound.step(() =>
            {
                bound.zero_grad();
                Tensor inside = Networks.Loss(network, 0);
                inside.backward();
                return inside;
            });
            Assert.Equal(Networks.Loss(other, 0).ToDouble(), loss!.ToDouble());
        }

        Networks.Train(other, plain, 1);
        Assert.Equal(plain.ToTree(), bound.ToTree());
        Assert.Null(plain.step());
    }

    [TorchFact]
    public void An_optimizer_of_a_function_takes_the_loss_as_one()
    {
        using Network network = Networks.Mlp();
        using TorchOptimizer<float> bound = TorchOptimizer.Of(network, Lbfgs.Of(1, lineSearch: LineSearch.StrongWolfe));
        Tensor Closure()
        {
            bound.zero_grad();
            Tensor loss = Networks.Loss(network, 0);
            loss.backward();
            return loss;
        }

        using Tensor? first = bound.step(Closure);
        using Tensor? second = bound.step(Closure);
        Assert.True(second!.ToDouble() < first!.ToDouble() / 10);

        ParameterTree<float> before = bound.ToTree();
        int calls = 0;
        Assert.Throws<TimeZoneNotFoundException>(
            () => bound.step(() => ++calls < 3 ? Closure() : throw new TimeZoneNotFoundException()));
        Assert.Equal(before, bound.ToTree());
        Assert.Contains("asks for the loss", Assert.Throws<ArgumentNullException>(() => bound.step()).Message);
    }

    [TorchFact]
    public void A_rate_is_read_as_that_of_torch_is()
    {
        using Network network = Networks.Mlp();
        using TorchOptimizer<float> bound = TorchOptimizer.Of(
            network, AdamW.Of(Schedule.LinearWarmup(0.5, warmupSteps: 5)));
        optim.ILearningRateController group = bound.ParamGroups.Single();
        Assert.Equal((0.1, 0.1), (group.LearningRate, group.InitialLearningRate));
        Networks.Train(network, bound, 2);
        Assert.Equal(0.3, group.LearningRate, 1e-12);
        Assert.Equal(network.parameters(), bound.parameters());
    }

    [TorchFact]
    public void Averages_are_evaluated_and_the_parameters_stay()
    {
        using Network network = Networks.Mlp();
        Optimizer optimizer = AdamW.Of(0.01).Then(ParameterEma.Of(0.9));
        using TorchOptimizer<float> bound = TorchOptimizer.Of(network, optimizer);
        Networks.Train(network, bound, 3);
        Assert.Equal(bound.State["average"], bound.EvaluationParameters());
        Assert.False(bound.ToTree() == bound.EvaluationParameters());
    }

    /// <summary>A step looks at each gradient, for which TorchSharp makes an object, while none is recorded.</summary>
    [TorchFact]
    public void A_step_allocates_what_TorchSharp_does_for_its_gradients()
    {
        using Network network = Networks.Mlp();
        Networks.Backward(network, 0);
        using TorchOptimizer<float> bound = TorchOptimizer.Of(network, AdamW.Of(0.01));
        Parameter[] parameters = [.. network.parameters()];
        long own = Fewest(() => bound.step()), gradients = Fewest(() =>
        {
            using IDisposable noGradient = no_grad();
            foreach (Parameter parameter in parameters) parameter.grad!.Dispose();
        });
        Assert.Equal(gradients, own);

        static long Fewest(Action action)
        {
            long fewest = long.MaxValue;
            for (int turn = 0; turn < 200; turn++)
            {
                long before = GC.GetAllocatedBytesForCurrentThread();
                action();
                fewest = Math.Min(fewest, GC.GetAllocatedBytesForCurrentThread() - before);
            }

            return fewest;
        }
    }

    /// <summary>The same network with matrices in column-major order.</summary>
    private static Network Transposed(Network network)
    {
        using IDisposable noGradient = no_grad();
        foreach (Linear linear in network.children().OfType<Linear>())
        {
            using Tensor columns = linear.weight.t().contiguous(), rows = columns.t();
            linear.weight = new Parameter(rows.clone());
            Assert.False(linear.weight.is_contiguous());
        }

        return network;
    }

    private sealed class Mixed : nn.Module
    {
        internal readonly Parameter Single = new(tensor(1f)), Double = new(tensor(2d));

        internal Mixed()
            : base(nameof(Mixed)) => RegisterComponents();
    }
}
