using System.Numerics;
using Functional.Optim.Training;

namespace Functional.Optim.Native;

/// <summary>What an optimizer does with the leaves that are bound to it, whatever their type is.</summary>
internal abstract class BoundLeaves
{
    internal abstract long Steps { get; }

    internal abstract void Step();

    internal abstract void Evaluate(ReadOnlySpan<nint> outputs);

    internal abstract void Save(string path, string optimizerText);

    internal abstract void Load(string path);

    /// <summary>Gives the memory of the state back.</summary>
    internal abstract void Release();
}

/// <inheritdoc/>
/// <typeparam name="T">float or double.</typeparam>
internal sealed unsafe class BoundLeaves<T>(Optimizer optimizer, ReadOnlySpan<LeafBinding<T>> bindings) : BoundLeaves
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly InPlaceOptimizer<T> inPlace = optimizer.InPlace(bindings);

    internal override long Steps => inPlace.State.Step;

    internal override void Step() => inPlace.Step();

    internal void Rebind(ReadOnlySpan<LeafBinding<T>> bindings)
    {
        TreeLayout layout = TreeLayout.Of([.. bindings.ToArray().Select(own => (own.Name, own.Shape.ToArray()))]);
        Fitting(() => inPlace.Layout.RequireSame(layout, "leaves"));
        inPlace.RebindAll(bindings);
    }

    internal override void Evaluate(ReadOnlySpan<nint> outputs)
    {
        TreeLayout layout = inPlace.Layout;
        if (outputs.Length != layout.Leaves.Length)
            throw new NativeException(
                Status.Mismatch, $"There are {outputs.Length} outputs; {layout.Leaves.Length} leaves are bound.");
        foreach (Leaf leaf in layout.Leaves)
        {
            if (outputs[leaf.Index] == 0 && leaf.Length > 0)
                throw new NativeException(Status.Invalid, $"The output of {leaf} is NULL.");
        }

        ParameterTree<T> parameters = inPlace.ToTree();
        ParameterTree<T> evaluated = optimizer.EvaluationParameters(parameters, inPlace.State);
        foreach (Leaf leaf in layout.Leaves)
            evaluated.AsSpan(leaf).CopyTo(new((T*)outputs[leaf.Index], leaf.Length));
        // Most optimizers evaluate at the parameters themselves.
        if (!evaluated.IsIn(parameters)) evaluated.Release();
        parameters.Release();
    }

    internal override void Save(string path, string optimizerText)
    {
        ParameterTree<T> parameters = inPlace.ToTree();
        Checkpoint<T> checkpoint = new(new(parameters, inPlace.State)) { OptimizerText = optimizerText };
        WithFile("write", path, () => CheckpointFile.SaveOrThrow(checkpoint, path));
        parameters.Release();
    }

    internal override void Load(string path)
    {
        Checkpoint<T> read = null!;
        WithFile("read", path, () => read = CheckpointFile.LoadOrThrow<T>(path));
        ParameterTree<T> parameters = read.State.Parameters;
        Fitting(() => inPlace.Layout.RequireSame(parameters.Layout, "leaves of the file"));
        Fitting(() => inPlace.State = read.State.Optimizer);
        inPlace.CopyFrom(parameters);
    }

    internal override void Release()
    {
        inPlace.State.Release();
        inPlace.Layout.Trim();
    }

    /// <summary>Turns errors of arguments into one of what does not fit.</summary>
    private static void Fitting(Action require)
    {
        try
        {
            require();
        }
        catch (ArgumentException exception)
        {
            throw new NativeException(Status.Mismatch, NativeError.TextOf(exception));
        }
    }

    private static void WithFile(string verb, string path, Action action)
    {
        OpenSsl.Require();
        try
        {
            action();
        }
        catch (Exception exception) when (FileErrors.IsOfFile(exception))
        {
            throw new NativeException(
                exception is ElementTypeException ? Status.Mismatch : Status.File,
                FileErrors.MessageOf(verb, path, exception));
        }
    }
}
