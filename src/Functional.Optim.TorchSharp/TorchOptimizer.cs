using System.Numerics;
using LanguageExt;
using LanguageExt.Common;
using TorchSharp;
using TorchSharp.Modules;
using Functional.Optim.Training;

namespace Functional.Optim.TorchSharp;

/// <summary>Makes optimizers for the modules of TorchSharp.</summary>
public static class TorchOptimizer
{
    /// <summary>
    /// An optimizer of a module in the place of one of torch.optim. Leaves have the names of the parameters, such as
    /// <c>0.weight</c>, for groups and filters.
    /// </summary>
    /// <param name="module">The module; its parameters are of the type Float32.</param>
    /// <param name="optimizer">Any optimizer or composition.</param>
    /// <exception cref="ArgumentException">
    /// There is no parameter, or one is of another type or on the device meta, or the optimizer does not fit them.
    /// </exception>
    public static TorchOptimizer<float> Of(torch.nn.Module module, Optimizer optimizer) =>
        Of<float>(module, optimizer);

    /// <summary>
    /// An optimizer of a module in the place of one of torch.optim, with a state of the type T. With double, parameters
    /// of both types may be in one module; those of the type Float32 are computed in double and rounded.
    /// </summary>
    /// <typeparam name="T">float, or double for parameters of the types Float32 and Float64.</typeparam>
    /// <param name="module">The module.</param>
    /// <param name="optimizer">Any optimizer or composition.</param>
    /// <exception cref="ArgumentException">
    /// There is no parameter, or one is of another type or on the device meta, or the optimizer does not fit them.
    /// </exception>
    public static TorchOptimizer<T> Of<T>(torch.nn.Module module, Optimizer optimizer)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(module);
        ArgumentNullException.ThrowIfNull(optimizer);
        return new TorchOptimizer<T>(module, optimizer);
    }
}

/// <summary>
/// An optimizer of a module in a loop of torch: <c>zero_grad</c>, <c>backward</c>, <c>step</c>. It reads and writes
/// contiguous tensors of the CPU where they are, and copies others once a step. A parameter without a gradient stays as
/// it is, and so does its state. Not thread-safe.
/// </summary>
/// <remarks>
/// A <see cref="Wrapper"/> works on copies of all parameters and gradients, and a <see cref="FunctionOptimizer"/> too,
/// whose <see cref="step"/> takes the loss as a function. The steps allocate nothing themselves; TorchSharp allocates
/// an object for each gradient that is looked at.
/// </remarks>
/// <typeparam name="T">float or double.</typeparam>
public sealed class TorchOptimizer<T> : torch.optim.Optimizer
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly torch.nn.Module module;
    private readonly ModuleParameter<T>[] leaves;
    private readonly ModuleUpdate<T> update;
    private bool isDisposed;

    internal TorchOptimizer(torch.nn.Module module, Optimizer optimizer)
        : base(0)
    {
        this.module = module;
        Optimizer = optimizer;
        leaves =
        [
            .. module.named_parameters().Select(
                static ((string Name, Parameter Parameter) named) =>
                    new ModuleParameter<T>(named.Name, named.Parameter)),
        ];
        if (leaves.Length == 0)
            throw new ArgumentException("The module has no parameters, or is disposed.", nameof(module));
        Layout = TreeLayout.Of([.. leaves.Select(leaf => (leaf.Name, leaf.Shape))]);
        foreach (GroupReport.Row row in optimizer.Report(Layout).Rows)
            foreach (Leaf leaf in row.Leaves) leaves[leaf.Index].IsFrozen = row.Settings.Frozen;
        update = optimizer is Wrapper or FunctionOptimizer
            ? new TreeUpdate<T>(optimizer, leaves, Layout)
            : new InPlaceUpdate<T>(optimizer, leaves);
    }

    /// <summary>The optimizer that makes the updates.</summary>
    public Optimizer Optimizer { get; }

    /// <summary>The names and shapes of the parameters of the module.</summary>
    public TreeLayout Layout { get; }

    /// <summary>
    /// The state after the last step, an ordinary state. The next step consumes it;
    /// <see cref="OptimizerState{T}.Copy"/> makes a copy to keep. Set it to go on from another one.
    /// </summary>
    /// <exception cref="ArgumentException">
    /// The new state does not belong to this optimizer and these parameters.
    /// </exception>
    public OptimizerState<T> State
    {
        get => Live().State;
        set => Live().State = value;
    }

    /// <summary>
    /// One group with the learning rate of the next update, to be read. A scheduler of torch that sets it throws
    /// <see cref="NotSupportedException"/>: schedules belong to the optimizer.
    /// </summary>
    public override IEnumerable<torch.optim.ILearningRateController> ParamGroups =>
        [new NextRate(() => Optimizer.LearningRateAt(Live().Updates + 1), Optimizer)];

    /// <summary>
    /// Makes one update of the parameters. If it throws, nothing has changed. Autograd notices the update, as it does
    /// that of torch.optim.
    /// </summary>
    /// <param name="closure">
    /// Sets the gradients to zero, computes the loss, calls backward and returns the loss; needed by a
    /// <see cref="FunctionOptimizer"/> only.
    /// </param>
    /// <returns>The loss before the update, where there is a closure; else <see langword="null"/>.</returns>
    /// <exception cref="InvalidOperationException">
    /// A parameter was disposed, replaced or moved since, or a gradient is sparse or of another type, shape or device.
    /// </exception>
    /// <exception cref="NonFiniteGradientException">A transform that needs the norm found a NaN or an
    /// infinity.</exception>
    /// <exception cref="ArithmeticException">A rate or a scalar of the state is not finite.</exception>
    public override torch.Tensor? step(Func<torch.Tensor>? closure = null) => Live().Step(closure);

    /// <summary>
    /// Sets every gradient that is there to zero, as torch.optim does in TorchSharp. To have none, so that parameters
    /// that a loss does not use are left alone, call <c>module.zero_grad()</c>.
    /// </summary>
    public override void zero_grad()
    {
        Live();
        foreach (ModuleParameter<T> leaf in leaves)
        {
            using torch.Tensor? gradient = leaf.Tensor.IsInvalid ? null : leaf.Tensor.grad;
            if (gradient is null) continue;
            using torch.Tensor same = gradient.zero_();
        }
    }

    /// <summary>The parameters that are updated.</summary>
    public override IEnumerable<Parameter> parameters() => leaves.Select(leaf => leaf.Tensor);

    /// <summary>Not supported: groups belong to the optimizer (<see cref="LeafGroup"/>).</summary>
    /// <param name="param_group">A group of torch.</param>
    /// <exception cref="NotSupportedException">Always.</exception>
    public override void add_param_group(ParamGroup param_group) => throw new NotSupportedException(
        $"Groups of {Optimizer} cannot be added; give the optimizer its groups, such as "
        + "AdamW.Of(3e-4) with { Groups = [LeafGroup.Frozen(\"head\", LeafFilter.Named(\"head.*\"))] }.");

    /// <summary>A copy of the parameters as a tree.</summary>
    public ParameterTree<T> ToTree()
    {
        Live();
        return TorchTree.Of<T>(Named());
    }

    /// <summary>
    /// A copy of the parameters to evaluate and to ship, such as averages of them
    /// (<see cref="Optimizer.EvaluationParameters"/>).
    /// </summary>
    public ParameterTree<T> EvaluationParameters() => Optimizer.EvaluationParameters(ToTree(), State);

    /// <summary>
    /// What a run needs to go on: a copy of the parameters, the state, and the buffers of the module. The next step
    /// consumes its state.
    /// </summary>
    public Checkpoint<T> ToCheckpoint() => new(new TrainState<T>(ToTree(), State))
    {
        OptimizerText = OptimizerText.Of(Optimizer).IfFail(""),
        Memory = ModuleBuffers.Of(module),
    };

    /// <summary>
    /// Goes on from a checkpoint: parameters, state and buffers get the bits that they had. If it throws, nothing has
    /// changed.
    /// </summary>
    /// <param name="checkpoint">The checkpoint; the next step consumes its state.</param>
    /// <exception cref="ArgumentException">
    /// It is not one of this optimizer and a module with these parameters and buffers.
    /// </exception>
    public void Resume(Checkpoint<T> checkpoint)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        TreeLayout layout = checkpoint.State.Parameters.Layout;
        Optimizer.RequireState(checkpoint.State.Optimizer, Layout);
        if (!layout.Equals(Layout))
        {
            int index = layout.Leaves.AsSpan().CommonPrefixLength(Layout.Leaves.AsSpan());
            throw new ArgumentException(
                $"It has {At(layout)} where the module has {At(Layout)}.", nameof(checkpoint));

            string At(TreeLayout of) => index < of.Leaves.Length ? $"{of.Leaves[index]}" : "no more parameters";
        }

        Action writeBuffers = ModuleBuffers.Read(module, checkpoint.Memory);
        checkpoint.State.Parameters.CopyTo(Named());
        writeBuffers();
        State = checkpoint.State.Optimizer;
    }

    /// <summary>
    /// Writes a checkpoint (<see cref="CheckpointFile"/>), or throws: the parameters by name, the state and the
    /// buffers.
    /// </summary>
    /// <param name="path">The path of the file; its directory must exist.</param>
    /// <exception cref="IOException">The file cannot be written; the message says why.</exception>
    public void Save(string path)
    {
        Checkpoint<T> checkpoint = ToCheckpoint();
        try
        {
            CheckpointFile.Save(checkpoint, path);
        }
        finally
        {
            checkpoint.State.Parameters.Release();
        }
    }

    /// <summary>Reads a checkpoint and goes on from it, or throws; then nothing has changed.</summary>
    /// <param name="path">The path of the file.</param>
    /// <exception cref="IOException">
    /// The file cannot be read, is damaged, or is not one of this optimizer and module; the message says why.
    /// </exception>
    public void Load(string path) =>
        _ = TryLoad(path).Match(Succ: done => done, Fail: static error => throw new IOException(error.Message));

    /// <summary>Reads a checkpoint and goes on from it.</summary>
    /// <param name="path">The path of the file.</param>
    /// <returns>Unit, or the error; then nothing has changed.</returns>
    public Fin<Unit> TryLoad(string path)
    {
        Live();
        return CheckpointFile.Load<T>(path, Optimizer).Bind(checkpoint =>
        {
            try
            {
                Resume(checkpoint);
                return Fin<Unit>.Succ(Unit.Default);
            }
            catch (ArgumentException exception)
            {
                return Error.New($"Cannot resume from '{path}': {exception.Message}");
            }
            finally
            {
                checkpoint.State.Parameters.Release();
            }
        });
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing && !isDisposed)
        {
            isDisposed = true;
            foreach (ModuleParameter<T> leaf in leaves) leaf.Dispose();
        }

        base.Dispose(disposing);
    }

    private IEnumerable<KeyValuePair<string, torch.Tensor>> Named() =>
        leaves.Select(leaf => KeyValuePair.Create<string, torch.Tensor>(leaf.Name, leaf.Tensor));

    private ModuleUpdate<T> Live()
    {
        ObjectDisposedException.ThrowIf(isDisposed, this);
        return update;
    }
}
