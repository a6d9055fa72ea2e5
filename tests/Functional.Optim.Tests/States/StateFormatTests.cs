using System.Collections.Immutable;
using Functional.Optim.Tests.Processes;
using Functional.Optim.Training;
using LanguageExt;

namespace Functional.Optim.Tests.States;

using Trees = Functional.Optim.Tests.Laws.Trees;

public sealed class StateFormatTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    public static TheoryData<StateFormat> Small => [StateFormat.BFloat16, StateFormat.Float8, StateFormat.Int8];

    [Theory]
    [MemberData(nameof(Small))]
    public void Averages_of_parameters_stay_in_full_and_do_not_move_them(StateFormat format)
    {
        ParameterTree<float> start = ParameterTree.Of(Leaf.Of("w", [1], [1.2345678f]));
        ParameterTree<float> zeros = start.Layout.Zeros<float>();
        Optimizer[] averaging =
        [
            AdamW.Of(0.0, weightDecay: 0).Then(Lookahead.Of(1, 0.5)),
            AdamW.Of(0.1, weightDecay: 0).Then(ParameterEma.Of(0.5)),
            AdamW.Of(0.1, weightDecay: 0).Then(Swa.Of(1)),
            ScheduleFree.Of(AdamW.Of(0.1, weightDecay: 0)),
            Asgd.Of(0.1, lambda: 0, averageAfter: 0),
        ];
        foreach (Optimizer optimizer in averaging)
        {
            Optimizer small = optimizer.WithState(format);
            (ParameterTree<float> parameters, OptimizerState<float> state) = (start, small.Init(start));
            for (int step = 0; step < 3; step++) (parameters, state) = small.Step(parameters, zeros, state);
            Assert.Equal(start.AsSpan("w")[0], parameters.AsSpan("w")[0], 1e-6f);
            Assert.Equal(start.AsSpan("w")[0], small.EvaluationParameters(parameters, state).AsSpan("w")[0], 1e-6f);
            Assert.Equal(StateFormat.Full, state.FormatOf(state.SlotCount - 1));
        }
    }

    [Fact]
    public void The_bytes_that_an_optimizer_reports_are_those_of_its_state()
    {
        ParameterTree<float> parameters = TreeLayout.Of(("w", [64, 64])).Zeros<float>();
        Optimizer[] optimizers =
        [
            AdamW.Of(0.1),
            AdamW.Of(0.1).Then(ParameterEma.Of(0.5)),
            Accumulate.Of(2, AdamW.Of(0.1)),
            Sgd.Of(0.1, momentum: 0.9).Then(Lookahead.Of()),
        ];
        foreach (Optimizer optimizer in optimizers)
        {
            foreach (StateFormat format in Enum.GetValues<StateFormat>())
            {
                Optimizer each = optimizer.WithState(format);
                Assert.Equal(each.Init(parameters).ByteCount, 64 * 64 * each.StateBytesPerParameter<float>());
            }
        }

        Assert.Equal(4, AdamW.Of(0.1).WithState(StateFormat.BFloat16).StateBytesPerParameter<float>());
        Assert.Equal(2 + (2 * 4 / 256.0), AdamW.Of(0.1).WithState(StateFormat.Int8).StateBytesPerParameter<float>());
    }

    [Fact]
    public void An_optimizer_from_a_function_rejects_a_format_by_name() =>
        Assert.StartsWith(
            "Lbfgs cannot keep its state as BFloat16; allowed is Full.",
            Assert.ThrowsAny<ArgumentException>(() => ((Optimizer)Lbfgs.Of()).WithState(StateFormat.BFloat16)).Message,
            StringComparison.Ordinal);

    [Fact]
    public void An_optimizer_of_whole_leaves_rejects_a_format_by_its_name_in_the_catalogue()
    {
        ParameterTree<float> parameters = TreeLayout.Of(("w", [2, 2])).Zeros<float>();
        List<string> names = [];
        foreach (CatalogueEntry<Optimizer> entry in Catalogue.Optimizers)
        {
            Optimizer small = Laws.Catalogue.CaseOf(entry).Build(entry, 0.1).WithState(StateFormat.BFloat16);
            if (Record.Exception(() => small.Init(parameters)) is not { } refused) continue;
            Assert.StartsWith(
                $"{entry.Name} transforms whole leaves, so its slots ", refused.Message, StringComparison.Ordinal);
            names.Add(entry.Name);
        }

        Assert.Equal(["novoGrad", "adafactor", "came", "sm3", "norMuon", "soap"], names);
    }

    [Fact]
    public void A_state_in_16_bits_takes_half_the_bytes_and_says_so()
    {
        ParameterTree<float> parameters = Trees.Random<float>(0);
        AdamW full = AdamW.Of(0.01), small = full.WithState(StateFormat.BFloat16);
        OptimizerState<float> state = small.Init(parameters).ToState();
        Assert.Equal((StateFormat.BFloat16, StateFormat.BFloat16), (state.FormatOf(0), state.FormatOf(1)));
        Assert.Equal(full.Init(parameters).ToState().ByteCount, 2 * state.ByteCount);
        Assert.Contains(".withState(BFloat16)", small.ToString(), StringComparison.Ordinal);
        Assert.NotEqual(full, small);
        Assert.Equal(small, full.WithState(StateFormat.BFloat16));
    }

    [Fact]
    public void A_format_stays_with_the_transforms_that_have_it()
    {
        ParameterTree<float> parameters = Trees.Random<float>(0);
        Optimizer chain = Momentum.Of(0.5)
            .Then(Adam.Scaling().WithState(StateFormat.BFloat16))
            .Then(LearningRate.Of(0.1));
        Assert.Equal([StateFormat.Full, StateFormat.BFloat16, StateFormat.BFloat16], Formats(chain.Init(parameters)));
        Optimizer partition = Partition.Of(
            new("some", leaf => leaf.Index % 2 == 0, AdamW.Of(0.1).WithState(StateFormat.BFloat16)),
            new("rest", _ => true, Sgd.Of(0.1, momentum: 0.9)));
        Assert.Equal(
            [StateFormat.BFloat16, StateFormat.BFloat16, StateFormat.Full], Formats(partition.Init(parameters)));
        Assert.Equal(
            [StateFormat.BFloat16, StateFormat.BFloat16],
            Formats(Sam.Around(AdamW.Of(0.1)).WithState(StateFormat.BFloat16).Init(parameters).ToState()));
        Assert.Equal(
            [StateFormat.BFloat16, StateFormat.Full],
            Formats(Accumulate.Of(2, Sgd.Of(0.1, momentum: 0.9)).WithState(StateFormat.BFloat16).Init(parameters)));
    }

    [Theory]
    [MemberData(nameof(Small))]
    public void A_state_of_another_format_is_rejected_by_name_and_can_be_converted(StateFormat format)
    {
        ParameterTree<float> parameters = Trees.Random<float>(0), gradients = Trees.Random<float>(1);
        Optimizer full = Sgd.Of(0.1, momentum: 0.9), small = full.WithState(format);
        OptimizerState<float> state = full.Step(parameters, gradients, full.Init(parameters)).State;
        Assert.Contains(
            "The slot momentum of the state is kept as Full",
            Assert.ThrowsAny<ArgumentException>(() => small.Step(parameters, gradients, state)).Message,
            StringComparison.Ordinal);
        OptimizerState<float> converted = state.InFormats(format);
        Assert.Contains(
            $"The slot momentum of the state is kept as {format}",
            Assert.ThrowsAny<ArgumentException>(() => full.Step(parameters, gradients, converted)).Message,
            StringComparison.Ordinal);
        small.Step(parameters, gradients, converted);
        Assert.Equal(converted, converted.InFormats(StateFormat.Full).InFormats(format));
        Assert.ThrowsAny<ArgumentException>(() => state.InFormats(format, StateFormat.Full));
        Assert.ThrowsAny<ArgumentException>(() => full.WithState((StateFormat)7));
    }

    [Theory]
    [MemberData(nameof(Small))]
    public void A_run_resumed_from_a_file_has_the_bits_of_one_that_was_not_interrupted(StateFormat format)
    {
        Optimizer optimizer = Clip.ByGlobalNorm(1).Then(AdamW.Of(0.01).WithState(format));
        (ParameterTree<float> Parameters, OptimizerState<float> State) whole = Run(Start(), 1, 6);
        (ParameterTree<float> Parameters, OptimizerState<float> State) half = Run(Start(), 1, 3);
        string path = folder.At("state");
        CheckpointFile.Save<float>(new(new(half.Parameters, half.State)), path);
        TrainState<float> loaded = CheckpointFile.Load<float>(path, optimizer).ThrowIfFail().State;
        Assert.Equal(half.State, loaded.Optimizer);
        Assert.Equal(whole, Run((loaded.Parameters, loaded.Optimizer), 4, 6));

        (ParameterTree<float> Parameters, OptimizerState<float> State) Start() => (
            Trees.Random<float>(0), optimizer.Init(Trees.Random<float>(0)));

        (ParameterTree<float> Parameters, OptimizerState<float> State) Run(
            (ParameterTree<float> Parameters, OptimizerState<float> State) at, int first, int last)
        {
            for (int step = first; step <= last; step++)
                at = optimizer.Step(at.Parameters, Trees.Random<float>(step), at.State);
            return at;
        }
    }

    [Theory]
    [MemberData(nameof(Small))]
    public void Adam_reaches_the_minimum_of_a_parabola_in_every_format(StateFormat format)
    {
        Optimizer optimizer = AdamW.Of(Schedule.Cosine(0.1, 500), weightDecay: 0).WithState(format);
        ParameterTree<float> parameters = Trees.Random<float>(0);
        OptimizerState<float> state = optimizer.Init(parameters);
        for (int step = 0; step < 500; step++) (parameters, state) = optimizer.Step(parameters, parameters, state);
        Assert.InRange(parameters.GlobalNorm(), 0, 1e-2);
    }

    [Theory]
    [MemberData(nameof(Small))]
    public void Every_elementwise_optimizer_goes_down_a_parabola_in_every_format(StateFormat format)
    {
        ParameterTree<float> start = Trees.Random<float>(0);
        foreach (CatalogueEntry<Optimizer> entry in Catalogue.Optimizers)
        {
            Optimizer full = Laws.Catalogue.CaseOf(entry).Build(entry, 0.01), small = full.WithState(format);
            if (full is FunctionOptimizer || Record.Exception(() => small.Init(start)) is not null) continue;
            (double inFull, double inSmall) = (NormAfter(full), NormAfter(small));
            Assert.True(
                inSmall - inFull <= 0.2 * Math.Abs(start.GlobalNorm() - inFull) + 1e-3,
                $"{entry.Name}: {start.GlobalNorm()} became {inFull} in full, and {inSmall}");
        }

        double NormAfter(Optimizer optimizer)
        {
            (ParameterTree<float> parameters, OptimizerState<float> state) = (start, optimizer.Init(start));
            for (int step = 0; step < 50; step++) (parameters, state) = optimizer.Step(parameters, parameters, state);
            return optimizer.EvaluationParameters(parameters, state).GlobalNorm();
        }
    }

    [Fact]
    public void A_block_never_holds_numbers_of_two_leaves()
    {
        // Of very different gradients, side by side in the flat buffer: in one block the small ones would be lost.
        TreeLayout layout = TreeLayout.Of(("small", [16]), ("large", [700]), ("scalar", []));
        TreeBuffer<float> filled = layout.Rent<float>();
        filled.AsSpan(layout["small"]).Fill(1e-6f);
        filled.AsSpan(layout["large"]).Fill(1e6f);
        filled.AsSpan(layout["scalar"]).Fill(-1e-9f);
        ParameterTree<float> gradients = filled.ToTree();
        foreach (StateFormat format in (StateFormat[])[StateFormat.Float8, StateFormat.Int8])
        {
            Optimizer optimizer = Sgd.Of(0.1, momentum: 0.9).WithState(format);
            ParameterTree<float> momentum =
                optimizer.Step(gradients, gradients, optimizer.Init(gradients)).State[0];
            foreach (Leaf leaf in layout.Leaves)
            {
                Assert.All(
                    momentum.AsSpan(leaf).ToArray(),
                    value => Assert.Equal(1, value / gradients.AsSpan(leaf)[0], 4e-5f));
            }
        }
    }

    [Fact]
    public void A_transform_of_whole_leaves_rejects_the_format_by_name()
    {
        Optimizer optimizer = new KeepsRows().Then(LearningRate.Of(0.1)).WithState(StateFormat.BFloat16);
        Assert.Contains(
            "its slots row cannot be stored as BFloat16",
            Assert.ThrowsAny<ArgumentException>(() => optimizer.Init(Trees.Random<float>(0))).Message,
            StringComparison.Ordinal);
    }

    private static StateFormat[] Formats(OptimizerState<float> state) =>
        [.. Enumerable.Range(0, state.SlotCount).Select(state.FormatOf)];

    private sealed record KeepsRows : Transform
    {
        protected internal override ImmutableArray<string> SlotNames => ["row"];

        protected internal override bool TransformsLeaves => true;

        protected internal override ImmutableArray<int>? SlotShape(int slot, Leaf leaf) =>
            leaf.Rank == 2 ? [leaf.Shape[0]] : null;

        protected internal override void TransformLeaf<T>(in LeafContext<T> leaf) => leaf.Input.CopyTo(leaf.Output);
    }
}
