using System.Numerics;
using TorchSharp;

namespace Functional.Optim.TorchSharp;

/// <summary>
/// Updates trees, copied from the module and back: for a <see cref="Wrapper"/>, which decides by all gradients, and a
/// <see cref="FunctionOptimizer"/>, which asks for the loss at other parameters.
/// </summary>
internal sealed unsafe class TreeUpdate<T> : ModuleUpdate<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Optimizer optimizer;
    private readonly ModuleParameter<T>[] parameters;
    private readonly TreeLayout layout;
    private OptimizerState<T> state;

    internal TreeUpdate(Optimizer optimizer, ModuleParameter<T>[] parameters, TreeLayout layout)
    {
        (this.optimizer, this.parameters, this.layout) = (optimizer, parameters, layout);
        using IDisposable noGradient = torch.no_grad();
        ParameterTree<T> start = Parameters();
        state = optimizer.Init(start);
        start.Release();
    }

    internal override OptimizerState<T> State
    {
        get => state;
        set
        {
            optimizer.RequireState(value, layout);
            state = value;
        }
    }

    internal override long Updates => state.Step;

    internal override torch.Tensor? Step(Func<torch.Tensor>? closure)
    {
        if (optimizer is FunctionOptimizer)
        {
            return closure is null
                ? throw new ArgumentNullException(
                    nameof(closure),
                    $"{optimizer} asks for the loss itself; call step with a function that sets the gradients to zero, "
                    + "computes the loss, calls backward, and returns the loss.")
                : Minimize(closure);
        }

        torch.Tensor? loss = Evaluate(closure);
        using IDisposable noGradient = torch.no_grad();
        ParameterTree<T> before = Parameters(), after;
        ParameterTree<T> gradients = default;
        try
        {
            gradients = Gradients();
            (after, state) = optimizer.StepDonating(before, gradients, state);
        }
        catch
        {
            // A step that fails consumes nothing.
            before.Release();
            if (!gradients.IsDefault) gradients.Release();
            throw;
        }

        Write(after);
        after.Release();
        return loss;
    }

    private torch.Tensor? Minimize(Func<torch.Tensor> closure)
    {
        torch.Tensor? first = null;
        ParameterTree<T> before = Parameters(), after;
        try
        {
            (after, state, _) = optimizer.StepDonating(ValueAndGradient, before, state);
        }
        catch
        {
            Write(before);
            before.Release();
            first?.Dispose();
            throw;
        }

        Write(after);
        after.Release();
        return first;

        (double Loss, ParameterTree<T> Gradients) ValueAndGradient(ParameterTree<T> at)
        {
            Write(at);
            torch.Tensor loss = Evaluate(closure)!;
            double value = loss.ToDouble();
            if (first is null) first = loss;
            else loss.Dispose();
            return (value, Gradients());
        }
    }

    private ParameterTree<T> Parameters()
    {
        using IDisposable noGradient = torch.no_grad();
        TreeBuffer<T> tree = layout.Rent<T>();
        foreach (Leaf leaf in layout.Leaves)
            new ReadOnlySpan<T>(parameters[leaf.Index].Read(), leaf.Length).CopyTo(tree.AsSpan(leaf));
        return tree.ToTree();
    }

    /// <exception cref="InvalidOperationException">A parameter that is not frozen has none.</exception>
    private ParameterTree<T> Gradients()
    {
        using IDisposable noGradient = torch.no_grad();
        TreeBuffer<T> tree = layout.Rent<T>();
        try
        {
            foreach (Leaf leaf in layout.Leaves)
            {
                ModuleParameter<T> parameter = parameters[leaf.Index];
                T* gradient = parameter.ReadGradient();
                if (gradient is not null) new ReadOnlySpan<T>(gradient, leaf.Length).CopyTo(tree.AsSpan(leaf));
                else if (!parameter.IsFrozen) throw Missing(leaf);
            }
        }
        catch
        {
            tree.ToTree().Release();
            throw;
        }

        return tree.ToTree();
    }

    private InvalidOperationException Missing(Leaf leaf) => new(
        $"The parameter {leaf} has no gradient, and {optimizer} needs one of each; call backward before, or freeze it "
        + "with a LeafGroup.Frozen.");

    private void Write(ParameterTree<T> tree)
    {
        using IDisposable noGradient = torch.no_grad();
        foreach (Leaf leaf in layout.Leaves)
        {
            ModuleParameter<T> parameter = parameters[leaf.Index];
            if (parameter.IsFrozen) continue;
            tree.AsSpan(leaf).CopyTo(new Span<T>(parameter.Read(), leaf.Length));
            parameter.Write();
        }
    }
}
