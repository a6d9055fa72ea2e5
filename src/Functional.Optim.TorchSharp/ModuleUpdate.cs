using System.Numerics;
using TorchSharp;

namespace Functional.Optim.TorchSharp;

/// <summary>How an optimizer updates the parameters of a module.</summary>
/// <typeparam name="T">float or double.</typeparam>
internal abstract class ModuleUpdate<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The state after the last update; the next one consumes it.</summary>
    internal abstract OptimizerState<T> State { get; set; }

    /// <summary>The number of finished updates.</summary>
    internal abstract long Updates { get; }

    /// <summary>Makes one update. If it throws, nothing has changed.</summary>
    /// <param name="closure">Computes the loss and the gradients; <see langword="null"/> where they are there.</param>
    /// <returns>The loss before the update, where there is a closure.</returns>
    internal abstract torch.Tensor? Step(Func<torch.Tensor>? closure);

    /// <summary>The loss that a closure computes, with the gradients.</summary>
    protected static torch.Tensor? Evaluate(Func<torch.Tensor>? closure)
    {
        if (closure is null) return null;
        using IDisposable gradient = torch.enable_grad();
        return closure();
    }
}
