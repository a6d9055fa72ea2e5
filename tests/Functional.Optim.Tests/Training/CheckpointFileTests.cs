using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using Functional.Optim.Laws;
using Functional.Optim.Tests.Processes;
using Functional.Optim.Training;

namespace Functional.Optim.Tests.Training;

public sealed class CheckpointFileTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly string path;

    public CheckpointFileTests() => path = folder.At("checkpoint");

    public static TheoryData<string> Names => Laws.Catalogue.Names;

    public void Dispose() => folder.Dispose();

    /// <summary>In double; in float by <see cref="TrainerTests"/>, where runs go on from what is loaded.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void A_state_is_loaded_with_the_same_bits_and_by_its_optimizer_only(string name)
    {
        Optimizer optimizer = Laws.Catalogue.Get(name);
        (ParameterTree<double> parameters, OptimizerState<double> state) =
            Problem.Sample.After<double>(optimizer, updates: 3);
        Checkpoint<double> saved = new(new(parameters, state)) { OptimizerText = $"{optimizer}" };
        CheckpointFile.Save(saved, path);
        Checkpoint<double> loaded = CheckpointFile.Load<double>(path, optimizer).ThrowIfFail();
        Assert.Equal(saved.State, loaded.State);
        Assert.Equal(
            (state.Identity, state.ByteCount, saved.OptimizerText),
            (loaded.State.Optimizer.Identity, loaded.State.Optimizer.ByteCount, loaded.OptimizerText));
        Assert.Equal<IEnumerable<string>>(state.SlotNames, loaded.State.Optimizer.SlotNames);
        if (state.Identity.Length > 0)
            Assert.True(CheckpointFile.Load<double>(path, Laws.Catalogue.Get("lars").Then(Rprop.Of(0.1))).IsFail);
    }

    [Fact]
    public void Codes_of_16_bits_are_in_the_file_as_they_are()
    {
        Optimizer optimizer = AdamW.Of(0.1).WithState(StateFormat.BFloat16);
        (ParameterTree<float> parameters, OptimizerState<float> state) =
            Problem.Sample.After<float>(optimizer, updates: 3);
        CheckpointFile.Save<float>(new(new(parameters, state)), path);
        using SafetensorsFile file = SafetensorsFile.Open(path).ThrowIfFail();
        foreach (Leaf leaf in parameters.Layout.Leaves)
        {
            foreach (string slot in (string[])["m", "v"])
            {
                TensorDescription tensor = file.Find($"optimizer.{slot}.{leaf.Name}")!;
                Assert.Equal(TensorType.BF16, tensor.Type);
                byte[] codes = file.Read(tensor);
                ReadOnlySpan<float> numbers = state[slot].AsSpan(leaf);
                for (int index = 0; index < numbers.Length; index++)
                    Assert.Equal(
                        BitConverter.SingleToUInt32Bits(numbers[index]) >> 16,
                        BitConverter.ToUInt16(codes, 2 * index));
            }
        }
    }

    [Fact]
    public void Texts_counters_and_scalars_of_any_value_are_kept()
    {
        ParameterTree<float> tree = ParameterTree.Of(Leaf.Of("größe \n\"\\", [1], [float.NaN]));
        OptimizerState<float> state = new OptimizerState<float>(
            7, ["m", "m"], "a(m), b(m)", [tree, tree],
            [new("nan", double.NaN), new("minus zero", -0.0), new("infinite", double.PositiveInfinity)],
            [[3], []]).With(new UpdateCounters(5, 1, 2));
        Checkpoint<float> saved = new(new(tree, state, 9))
        {
            OptimizerText = "text",
            Configuration = Of(("rate", "0.1"), ("", "\0\n😀")),
            Memory = Of(("vocabulary", "abc\"\\\u2028")),
        };
        CheckpointFile.Save(saved, path);
        Checkpoint<float> loaded = CheckpointFile.Load<float>(path).ThrowIfFail();
        Assert.Equal(saved.State, loaded.State);
        Assert.Equal((12, "text"), (loaded.Step, loaded.OptimizerText));
        Assert.Equal<IEnumerable<KeyValuePair<string, string>>>(saved.Configuration, loaded.Configuration);
        Assert.Equal<IEnumerable<KeyValuePair<string, string>>>(saved.Memory, loaded.Memory);
        CheckpointDescription described = CheckpointFile.Describe(path).ThrowIfFail();
        Assert.Equal((12, 7, 9), (described.State!.Step, described.State.Updates, described.State.SkippedSteps));
        Assert.Equal(["m", "m"], described.State.Slots.Select(slot => slot.Name));
        Assert.Equal(
            ["optimizer.m.größe \n\"\\", "optimizer.m~2.größe \n\"\\"],
            described.State.Slots.Select(slot => Assert.Single(slot.Tensors).Name));
        Assert.Equal(tree, ParameterFile.Load<float>(path).ThrowIfFail());
    }

    [Fact]
    public void Names_of_tensors_that_would_be_the_same_are_told_apart()
    {
        ParameterTree<float> deep = ParameterTree.Of(Leaf.Of("a.b", [1], [1f])), flat = ParameterTree.Of(
            Leaf.Of("b", [1], [2f]));
        TrainState<float> state = new(deep, new OptimizerState<float>(1, ["m", "m.a"], [deep, flat]));
        CheckpointFile.Save<float>(new(state), path);
        Assert.Equal(state, CheckpointFile.Load<float>(path).ThrowIfFail().State);
    }

    [Fact]
    public void Tensors_and_metadata_are_found_by_name_whatever_their_order()
    {
        Optimizer optimizer = Accumulate.Of(2, AdamW.Of(0.1));
        (ParameterTree<float> parameters, OptimizerState<float> state) =
            Problem.Sample.After<float>(optimizer, updates: 3);
        Checkpoint<float> saved = new(new(parameters, state));
        CheckpointFile.Save(saved, path);
        string other = folder.At("other");
        using (SafetensorsFile file = SafetensorsFile.Open(path).ThrowIfFail())
        {
            // Renaming the types does what another writer's order would: the tensors lie in another order.
            byte[][] data = [.. file.Tensors.Reverse().Select(file.Read)];
            long begin = 0;
            JsonObject header = [];
            JsonObject texts = [];
            foreach ((string key, string text) in file.Metadata.Where(text => text.Key != "sha256")) texts[key] = text;
            texts["sha256"] = new string('0', 64);
            foreach (TensorDescription tensor in file.Tensors.Reverse())
            {
                header[tensor.Name] = new JsonObject
                {
                    ["data_offsets"] = new JsonArray(begin, begin + tensor.ByteCount),
                    ["shape"] = new JsonArray([.. tensor.Shape.Select(size => (JsonNode)size)]),
                    ["dtype"] = "F32",
                };
                begin += tensor.ByteCount;
            }

            header["__metadata__"] = texts;
            File.WriteAllBytes(other, MutatedFileTests.Checked(SafetensorsTests.WithHeader(
                JsonSerializer.SerializeToUtf8Bytes(header), [.. data.SelectMany(bytes => bytes)])));
        }

        Assert.NotEqual(File.ReadAllBytes(path), File.ReadAllBytes(other));
        Assert.Equal(saved.State, CheckpointFile.Load<float>(other, optimizer).ThrowIfFail().State);
    }

    [Fact]
    public void What_a_file_cannot_keep_is_refused_with_one_line()
    {
        ParameterTree<float> tree = ParameterTree.Of(Leaf.Of("w", [1], [1f]));
        Says(new(State(ParameterTree.Of(Leaf.Of("optimizer.m.w", [1], [1f])))), "begins with 'optimizer.'");
        Says(new(State(ParameterTree.Of(Leaf.Of("__metadata__", [1], [1f])))), "may have the name __metadata__");
        Says(new(State(tree)) { OptimizerText = "\ud800" }, "half of a surrogate pair");
        Says(new(State(tree)) { Memory = Of(("a", "\udc00")) }, "the memory 'a' has half of a surrogate pair");
        Assert.False(File.Exists(path));

        static TrainState<float> State(ParameterTree<float> tree) => new(tree, new OptimizerState<float>(0));

        void Says(Checkpoint<float> checkpoint, string reason)
        {
            string message = Assert.Throws<IOException>(() => CheckpointFile.Save(checkpoint, path)).Message;
            Assert.StartsWith($"Cannot write '{path}': ", message, StringComparison.Ordinal);
            Assert.Contains(reason, message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_newer_a_foreign_and_an_unchecked_file_say_so()
    {
        string newer = folder.At("newer"), foreign = folder.At("foreign"), bare = folder.At("bare");
        TensorData[] tensors =
            [TensorData.Of("z", [2], [1f, 2f]), TensorData.Of("a", TensorType.BF16, [1], new byte[2])];
        SafetensorsFile.Save(
            newer, tensors, [new("functional_optim", """{"version":2,"parts":[]}""")], checksum: true);
        SafetensorsFile.Save(bare, tensors, [new("functional_optim", """{"version":1}""")]);
        SafetensorsFile.Save(foreign, tensors, [new("format", "pt")]);
        Assert.Contains(
            "its format has version 2; this library reads version 1, so that a newer one wrote it",
            SafetensorsTests.OneLine(newer, CheckpointFile.Load<float>(newer)),
            StringComparison.Ordinal);
        Assert.Contains(
            "it has no checksum",
            SafetensorsTests.OneLine(bare, ParameterFile.Load<float>(bare)),
            StringComparison.Ordinal);
        Assert.Contains(
            "not written by this library",
            SafetensorsTests.OneLine(foreign, CheckpointFile.Load<float>(foreign)),
            StringComparison.Ordinal);
        ParameterTree<float> loaded = ParameterFile.Load<float>(foreign).ThrowIfFail();
        Assert.Equal(["z", "a"], loaded.Layout.Leaves.Select(leaf => leaf.Name));
        Assert.Contains(
            "F64 elements were requested",
            SafetensorsTests.OneLine(foreign, ParameterFile.Load<double>(foreign)),
            StringComparison.Ordinal);
        CheckpointDescription described = CheckpointFile.Describe(foreign).ThrowIfFail();
        Assert.Equal((3, null, ""), (described.ParameterCount, described.State, described.Library));
    }

    private static ImmutableSortedDictionary<string, string> Of(params (string Key, string Text)[] texts) =>
        texts.ToImmutableSortedDictionary(text => text.Key, text => text.Text, StringComparer.Ordinal);
}
