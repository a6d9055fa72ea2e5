using System.Numerics;
using TorchSharp;

namespace Functional.Optim.TorchSharp;

/// <summary>Updates parameters where they are, from gradients where they are.</summary>
internal sealed unsafe class InPlaceUpdate<T> : ModuleUpdate<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly ModuleParameter<T>[] parameters;
    private readonly InPlaceOptimizer<T> optimizer;

    internal InPlaceUpdate(Optimizer optimizer, ModuleParameter<T>[] parameters)
    {
        this.parameters = parameters;
        using IDisposable noGradient = torch.no_grad();
        LeafBinding<T>[] bindings = new LeafBinding<T>[parameters.Length];
        for (int leaf = 0; leaf < bindings.Length; leaf++)
            bindings[leaf] = new(parameters[leaf].Name, parameters[leaf].Shape, parameters[leaf].Read());
        this.optimizer = optimizer.InPlace<T>(bindings);
    }

    internal override OptimizerState<T> State
    {
        get => optimizer.State;
        set => optimizer.State = value;
    }

    internal override long Updates => optimizer.Updates;

    internal override torch.Tensor? Step(Func<torch.Tensor>? closure)
    {
        torch.Tensor? loss = Evaluate(closure);
        using IDisposable noGradient = torch.no_grad();
        for (int leaf = 0; leaf < parameters.Length; leaf++)
            optimizer.Rebind(leaf, parameters[leaf].Read(), parameters[leaf].ReadGradient());
        optimizer.Step();
        foreach (ModuleParameter<T> parameter in parameters)
            if (parameter.HasGradient) parameter.Write();
        return loss;
    }
}
