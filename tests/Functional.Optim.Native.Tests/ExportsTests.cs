using System.Numerics;
using System.Text;
using Functional.Optim.Training;
using Functional.Optim.Tests.Files;

namespace Functional.Optim.Native.Tests;

/// <summary>The exported functions do what the library does, with the same bits. What is wrong, C tests too.</summary>
public class ExportsTests
{
    public static TheoryData<string> Texts =>
    [
        "sgd(learningRate=0.1)",
        "sgd(learningRate=0.1, momentum=0.9, nesterov=true, weightDecay=0.01)",
        "adamW(learningRate=warmupCosine(peak=0.01, warmupSteps=2, totalSteps=9), decay=matrices)",
        "clipByGlobalNorm(maximum=0.5) then lion(learningRate=0.001, weightDecay=0.1)",
        "partition(matrices=muon(learningRate=0.02), all=adamW(learningRate=0.01))",
        "adamW(learningRate=0.01).withState(BFloat16)",
        "adamW(learningRate=0.01) then parameterEma(decay=0.9)",
        "scheduleFree(base=adamW(learningRate=0.01))",
    ];

    [Theory]
    [MemberData(nameof(Texts))]
    public void Steps_files_and_evaluation_have_the_bits_of_the_library(string text)
    {
        Check<float>(text);
        Check<double>(text);
    }

    [Fact]
    public void Text_and_rate_are_those_of_the_optimizer()
    {
        ulong adamw = NativeCalls.Create("adamw( learningRate = linearWarmup(peak=0.5, warmupSteps=5) )");
        Assert.Equal("adamW(learningRate=linearWarmup(peak=0.5, warmupSteps=5))", NativeCalls.Text(adamw));
        Assert.Equal(0.2, NativeCalls.LearningRate(adamw, 2));
        NativeCalls.Free(adamw);
    }

    [Fact]
    public void Bound_again_it_goes_on_over_other_memory()
    {
        using NativeArray<float> first = new("w", 3), second = new("w", 3), whole = new("w", 3);
        const string adam = "adam(learningRate=0.1)";
        ulong moved = NativeCalls.Create(adam), stays = NativeCalls.Create(adam);
        NativeCalls.Bind(moved, first);
        NativeCalls.Bind(stays, whole);
        Fill(1, first, whole);
        NativeCalls.Step(moved);
        NativeCalls.Step(stays);
        first.Values.CopyTo(second.Values);
        first.Values.Clear();
        NativeCalls.Bind(moved, second);
        Fill(2, second, whole);
        NativeCalls.Step(moved);
        NativeCalls.Step(stays);
        Assert.Equal(whole.Values.ToArray(), second.Values.ToArray());
        Assert.Equal(new float[3], first.Values.ToArray());
        Assert.Equal(2, NativeCalls.Steps(moved));
        NativeCalls.Free(moved);
        NativeCalls.Free(stays);
    }

    [Fact]
    public void A_binding_that_fails_leaves_the_one_before()
    {
        using NativeArray<float> bound = new("w", 3), other = new("v", 3), shorter = new("w", 2);
        ulong sgd = NativeCalls.Create("sgd(learningRate=1)");
        NativeCalls.Bind(sgd, bound);
        (Status status, string message) = NativeCalls.TryBind(sgd, other);
        Assert.Equal(Status.Mismatch, status);
        Assert.Contains(": v[3] where the parameters have w[3]", message, StringComparison.Ordinal);
        Assert.Equal(Status.Mismatch, NativeCalls.TryBind(sgd, shorter).Status);
        Assert.Equal(Status.Mismatch, NativeCalls.TryBind(sgd, bound, other).Status);
        Fill(1, bound);
        NativeCalls.Step(sgd);
        Assert.Equal(bound.Gradient.ToArray(), bound.Values.ToArray().Select(value => -value));
        NativeCalls.Free(sgd);
    }

    [Fact]
    public void Of_a_long_text_the_middle_is_left_out_between_two_characters()
    {
        string wrong = string.Join(", ", Enumerable.Range(0, 20).Select(index => $"{new string('θ', 99)}{index}=1"));
        Assert.Equal(
            Status.Invalid,
            NativeCalls.Create([.. Encoding.UTF8.GetBytes($"sgd(learningRate=1, {wrong})"), 0], out string message));
        Assert.StartsWith("θθ", message, StringComparison.Ordinal);
        Assert.Contains(" … ", message, StringComparison.Ordinal);
        Assert.EndsWith("weightDecay, decay, maximize.", message, StringComparison.Ordinal);
        Assert.InRange(Encoding.UTF8.GetByteCount(message), NativeError.TextBytes - 3, NativeError.TextBytes - 1);
        Assert.DoesNotContain('\uFFFD', message);
    }

    /// <summary>Every code of the header is that of the enumeration, but for two of which C alone tells.</summary>
    [Fact]
    public void The_codes_are_those_of_the_header()
    {
        string header = Repository.Text("src/Functional.Optim.Native/functional_optim.h");
        foreach (Status status in Enum.GetValues<Status>())
        {
            string name = string.Concat(
                $"{status}".Select((letter, at) => at > 0 && char.IsUpper(letter) ? $"_{letter}" : $"{letter}"));
            Assert.Contains(
                $"    FO_{name.ToUpperInvariant()} = {(int)status}", header, StringComparison.Ordinal);
        }

        Assert.Contains("    FO_PROCESSOR = 7,", header, StringComparison.Ordinal);
        Assert.Contains("    FO_FORKED = 10 ", header, StringComparison.Ordinal);
        Assert.False(Enum.IsDefined((Status)7) || Enum.IsDefined((Status)10));
        Assert.Contains($"char text[{NativeError.TextBytes}];", header, StringComparison.Ordinal);
    }

    private static unsafe void Check<T>(string text)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        string path = Path.Combine(Path.GetTempPath(), $"functional-optim-native-{Guid.NewGuid():N}");
        using NativeArray<T> matrix = new("matrix", 7, 5), vector = new("vector", 9);
        using NativeArray<T> evaluatedMatrix = new("matrix", 7, 5), evaluatedVector = new("vector", 9);
        ulong handle = NativeCalls.Create(text);
        try
        {
            Optimizer optimizer = Catalogue.Build(text).OrThrow();
            Fill(-1, matrix, vector);
            matrix.Gradient.CopyTo(matrix.Values);
            vector.Gradient.CopyTo(vector.Values);
            ParameterTree<T> parameters = Tree(values: true, matrix, vector);
            OptimizerState<T> state = optimizer.Init(parameters);
            NativeCalls.Bind(handle, matrix, vector);
            for (int step = 1; step <= 6; step++)
            {
                Fill(step, matrix, vector);
                (parameters, state) = optimizer.Step(parameters, Tree(values: false, matrix, vector), state);
                NativeCalls.Step(handle);
                if (step != 3) continue;

                // A file that C wrote is one of the library; from it another handle goes on.
                NativeCalls.Save(handle, path);
                Checkpoint<T> read = CheckpointFile.Load<T>(path, optimizer).ThrowIfFail();
                Assert.Equal((parameters, state), (read.State.Parameters, read.State.Optimizer));
                Assert.Equal(optimizer.ToString(), read.OptimizerText);
                NativeCalls.Free(handle);
                matrix.Values.Clear();
                vector.Values.Clear();
                handle = NativeCalls.Create(text);
                NativeCalls.Bind(handle, matrix, vector);
                NativeCalls.Load(handle, path);
                Assert.Equal(3, NativeCalls.Steps(handle));
            }

            Assert.Equal(parameters, Tree(values: true, matrix, vector));
            NativeCalls.Evaluate(handle, evaluatedMatrix, evaluatedVector);
            Assert.Equal(
                optimizer.EvaluationParameters(parameters, state),
                Tree(values: true, evaluatedMatrix, evaluatedVector));
        }
        finally
        {
            NativeCalls.Free(handle);
            File.Delete(path);
        }
    }

    private static ParameterTree<T> Tree<T>(bool values, params NativeArray<T>[] arrays)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => ParameterTree.Of(
        [
            .. arrays.Select(array => Leaf.Of(
                array.Name, array.Shape, (values ? array.Values : array.Gradient).ToArray())),
        ]);

    private static void Fill<T>(int seed, params NativeArray<T>[] arrays)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        foreach (NativeArray<T> array in arrays)
        {
            for (int index = 0; index < array.Length; index++)
                array.Gradient[index] = T.CreateTruncating(((seed * 37) + (index * 11)) % 23 / 16.0 - 0.5);
        }
    }
}
