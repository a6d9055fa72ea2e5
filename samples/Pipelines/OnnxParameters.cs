using System.Runtime.InteropServices;
using CommandLine;
using Functional.Optim;
using Functional.Optim.Autodiff;
using Functional.Optim.Kernels;
using Functional.Optim.Training;
using Google.Protobuf;
using LanguageExt;
using LanguageExt.Common;
using Onnx;
using static Onnx.TensorProto.Types;

namespace Pipelines;

/// <summary>
/// Fine-tunes the parameters of an ONNX file. They become a tree under their names; groups by name give the encoder a
/// small learning rate and the head the whole one; the tree is saved under the same names, beside the same graph.
/// Reading is a function from file to tree, and saving one from tree to file, so the training between them knows
/// nothing of ONNX.
/// </summary>
/// <remarks>
/// The file <c>model.onnx</c> was exported by PyTorch 1.13: <c>Linear(2, 8)</c>, tanh and <c>Linear(8, 2)</c>.
/// </remarks>
public static class OnnxParameters
{
    private const int Steps = 200, Count = 48;

    /// <summary>What a file must have.</summary>
    private static readonly TreeLayout Layout = TreeLayout.Of(
        ("encoder.layer.0.weight", [8, 2]), ("encoder.layer.0.bias", [8]), ("head.weight", [2, 8]), ("head.bias", [2]));

    private static readonly float[] Points =
        [.. Enumerable.Range(0, 2 * Count).Select(index => (float)new Philox(2).Normal((ulong)index))];

    private static readonly int[] IsInside =
        [.. Points.Chunk(2).Select(point => point.Sum(value => value * value) < 1.4f ? 1 : 0)];

    /// <summary>Fine-tunes the parameters of a file, saves them beside it, and writes what changed.</summary>
    /// <param name="output">Where it writes.</param>
    /// <param name="file">The ONNX file; <c>model.onnx</c> beside the program when <see langword="null"/>.</param>
    /// <param name="cancellation">Stops it; nothing is saved then.</param>
    /// <exception cref="ExpectedException">A file cannot be read or written; the message says why.</exception>
    public static async Task Run(TextWriter output, string? file = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(output);
        file ??= Path.Combine(AppContext.BaseDirectory, "model.onnx");
        string tuned = Path.ChangeExtension(file, ".tuned.onnx");
        (ModelProto model, ParameterTree<float> start) = Load(file).ThrowIfFail();
        CanBeSaved(tuned).ThrowIfFail();
        AdamW adamw = AdamW.Of(0.02, weightDecay: 0.01, decay: LeafFilter.Matrices).WithGroups(
            LeafGroup.Of("encoder", LeafFilter.Named("encoder.*"), learningRateMultiplier: 0.1),
            LeafGroup.Of("head", LeafFilter.Named("head.*")));
        await output.WriteLineAsync($"{adamw.Report(start.Layout)}");
        (ParameterTree<float> parameters, AdamState<float> state) = (start, adamw.Init(start));
        while (state.Step < Steps)
        {
            cancellation.ThrowIfCancellationRequested();
            (double loss, ParameterTree<float> gradients) = Differentiate.ValueAndGradient(Loss, parameters);
            if (state.Step % 50 == 0) await output.WriteLineAsync($"after {state.Step,3} steps: loss {loss:0.0000}");
            (parameters, state) = adamw.Step(parameters, gradients, state);
        }

        AtomicFile.Write(tuned, stream => With(parameters, model).WriteTo(stream)).ThrowIfFail();
        ParameterTree<float> readBack = Load(tuned).ThrowIfFail().Parameters;
        double last = Differentiate.Value(Loss, readBack);
        await output.WriteLineAsync($"after {state.Step} steps: loss {last:0.0000}, read "
            + $"back from {Path.GetFileName(tuned)} with {(readBack == parameters ? "the same" : "other")} bits");
        foreach (Leaf leaf in Layout.Leaves)
        {
            float change = start.AsSpan(leaf).ToArray()
                .Zip(parameters.AsSpan(leaf).ToArray(), (before, after) => MathF.Abs(after - before)).Max();
            await output.WriteLineAsync($"{leaf.Name,-22} changed by up to {change:0.000}");
        }
    }

    /// <summary>The cross-entropy of the model on points inside and outside of a circle.</summary>
    private static Variable<float> Loss(Variables<float> at)
    {
        Variable<float> hidden = (at.Constant(new(Count, 2), Points).MatMulTransposed(at["encoder.layer.0.weight"])
            + at["encoder.layer.0.bias"]).Tanh();
        return (hidden.MatMulTransposed(at["head.weight"]) + at["head.bias"]).CrossEntropy(IsInside);
    }

    /// <summary>Tells before the training what would be in the way of saving after it.</summary>
    private static Fin<DirectoryInfo> CanBeSaved(string file) => Directory.Exists(file)
        ? Error.New($"Cannot write '{file}': it is a directory.")
        : OutputFolder.Prepare(Path.GetDirectoryName(Path.GetFullPath(file))!);

    private static Fin<(ModelProto Model, ParameterTree<float> Parameters)> Load(string file)
    {
        try
        {
            if (Directory.Exists(file)) throw new InvalidDataException("It is a directory.");
            // A pipe would keep its reader waiting.
            if (new FileInfo(file) is { Exists: true, Length: 0 })
                throw new InvalidDataException("It is empty, or a pipe or device.");
            ModelProto model = ModelProto.Parser.ParseFrom(File.ReadAllBytes(file));
            Dictionary<string, TensorProto> tensors =
                (model.Graph?.Initializer ?? []).ToDictionary(tensor => tensor.Name);
            ParameterTree<float> parameters =
                ParameterTree.Of([.. Layout.Leaves.Select(leaf => DataOf(leaf, tensors))]);
            return parameters.FirstNonFiniteLeaf() is { } leaf
                ? throw new InvalidDataException($"{leaf} has a NaN or an infinity; allowed are finite numbers.")
                : (model, parameters);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException
            or InvalidDataException)
        {
            return Error.New($"'{file}' cannot be read as an ONNX file: {exception.Message}");
        }
    }

    /// <summary>The numbers of an initializer; other initializers are left alone.</summary>
    private static LeafData<float> DataOf(Leaf leaf, Dictionary<string, TensorProto> tensors)
    {
        if (!tensors.TryGetValue(leaf.Name, out TensorProto? tensor))
        {
            string names = tensors.Count == 0 ? "none" : string.Join(", ", tensors.Keys);
            throw new InvalidDataException($"It has no initializer {leaf}; it has {names}.");
        }

        if (tensor.DataType != (int)DataType.Float)
            throw new InvalidDataException($"{leaf.Name} is of type {(DataType)tensor.DataType}; allowed is Float.");
        if (!tensor.Dims.SequenceEqual(leaf.Shape.Select(size => (long)size)))
            throw new InvalidDataException($"{leaf.Name} is [{string.Join(", ", tensor.Dims)}]; allowed is {leaf}.");
        float[] numbers = tensor.RawData.Length > 0
            ? MemoryMarshal.Cast<byte, float>(tensor.RawData.Span).ToArray()
            : [.. tensor.FloatData];
        return numbers.Length == leaf.Length
            ? Leaf.Of(leaf.Name, leaf.Shape.AsSpan(), numbers)
            : throw new InvalidDataException($"{leaf} has {numbers.Length} numbers in it; allowed are {leaf.Length}.");
    }

    /// <summary>A copy of the model with other parameters.</summary>
    private static ModelProto With(ParameterTree<float> parameters, ModelProto model)
    {
        ModelProto copy = model.Clone();
        foreach (Leaf leaf in Layout.Leaves)
        {
            TensorProto tensor = copy.Graph.Initializer.First(tensor => tensor.Name == leaf.Name);
            tensor.FloatData.Clear();
            tensor.RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes(parameters.AsSpan(leaf)));
        }

        return copy;
    }
}
