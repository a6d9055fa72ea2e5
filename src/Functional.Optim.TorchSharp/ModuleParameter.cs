using System.Numerics;
using TorchSharp;
using TorchSharp.Modules;

namespace Functional.Optim.TorchSharp;

/// <summary>
/// A parameter of a module as a leaf: its memory itself, or a copy where that is of another device, order or type.
/// </summary>
/// <typeparam name="T">float or double.</typeparam>
internal sealed unsafe class ModuleParameter<T> : IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly torch.Device device;
    private readonly torch.ScalarType type;
    private torch.Tensor? parameterCopy;
    private torch.Tensor? gradientCopy;
    private bool isCopied;

    /// <exception cref="ArgumentException">It is not one that can be stepped.</exception>
    internal ModuleParameter(string name, Parameter tensor)
    {
        (Name, Tensor) = (name, tensor);
        Shape = TorchTree.ShapeOf<T>("parameter", name, tensor);
        (device, type) = (tensor.device, tensor.dtype);
    }

    internal string Name { get; }

    internal Parameter Tensor { get; }

    internal int[] Shape { get; }

    /// <summary>Whether it stays as it is, whatever its gradient.</summary>
    internal bool IsFrozen { get; set; }

    /// <summary>Whether the address that was read last is not null.</summary>
    internal bool HasGradient { get; private set; }

    /// <summary>Where the parameter is, or a copy of it that it is copied to now.</summary>
    /// <exception cref="InvalidOperationException">It has changed since the optimizer was made.</exception>
    internal T* Read()
    {
        RequireUnchanged();
        isCopied = !TensorMemory.IsDirect<T>(Tensor);
        if (!isCopied) return (T*)TensorMemory.AddressOf(Tensor);
        TensorMemory.Copy(Tensor, parameterCopy ??= TensorMemory.Like<T>(Tensor));
        return (T*)TensorMemory.AddressOf(parameterCopy);
    }

    /// <summary>
    /// Where the gradient is, or a copy of it that it is copied to now; <see langword="null"/> where there is none.
    /// </summary>
    /// <exception cref="InvalidOperationException">It is not one of this parameter.</exception>
    internal T* ReadGradient()
    {
        using torch.Tensor? gradient = IsFrozen ? null : Tensor.grad;
        HasGradient = gradient is not null;
        if (gradient is null) return null;
        RequireFit(gradient);
        // The module keeps the gradient after this handle to it is disposed.
        if (TensorMemory.IsDirect<T>(gradient)) return (T*)TensorMemory.AddressOf(gradient);
        TensorMemory.Copy(gradient, gradientCopy ??= TensorMemory.Like<T>(Tensor));
        return (T*)TensorMemory.AddressOf(gradientCopy);
    }

    /// <summary>Writes the parameter, or says that it was written, after the memory that it was read from was.</summary>
    internal void Write()
    {
        if (isCopied) TensorMemory.Copy(parameterCopy!, Tensor);
        else TensorMemory.MarkWritten(Tensor);
    }

    public void Dispose()
    {
        parameterCopy?.Dispose();
        gradientCopy?.Dispose();
    }

    private void RequireUnchanged()
    {
        if (Tensor.IsInvalid)
        {
            throw new InvalidOperationException(
                $"The parameter '{Name}' was disposed or replaced, as module.to(…) does, since the optimizer was made; "
                + "make the optimizer after that.");
        }

        if (Tensor.dtype != type) throw Changed($"the type {Tensor.dtype}", $"{type}");
        if (!IsOnDevice(Tensor)) throw Changed($"the device {Tensor.device}", $"{device}");
        if (!HasShape(Tensor)) throw Changed($"the shape {TorchTree.Text(Tensor.shape)}", TorchTree.Text(Shape));
    }

    private InvalidOperationException Changed(string what, string before) => new(
        $"The parameter '{Name}' has {what}; it had {before} when the optimizer was made. Make another optimizer for "
        + "the module, and continue its State where that fits.");

    private void RequireFit(torch.Tensor gradient)
    {
        if (gradient.is_sparse)
        {
            throw new InvalidOperationException(
                $"The gradient of '{Name}' is sparse; allowed is a dense one: make the Embedding with sparse: false, "
                + "or set the gradient to its to_dense().");
        }

        if (!IsOnDevice(gradient)) throw Different($"on the device {gradient.device}", $"{device}");
        if (gradient.dtype != type) throw Different($"of the type {gradient.dtype}", $"{type}");
        if (!HasShape(gradient))
            throw Different($"of the shape {TorchTree.Text(gradient.shape)}", TorchTree.Text(Shape));
    }

    private InvalidOperationException Different(string what, string allowed) =>
        new($"The gradient of '{Name}' is {what}; allowed is that of the parameter, {allowed}.");

    private bool IsOnDevice(torch.Tensor tensor) =>
        tensor.device_type == device.type
        && (device.type == DeviceType.CPU || tensor.device_index == device.index);

    private bool HasShape(torch.Tensor tensor)
    {
        if (tensor.Dimensions != Shape.Length) return false;
        for (int dimension = 0; dimension < Shape.Length; dimension++)
            if (tensor.size(dimension) != Shape[dimension]) return false;
        return true;
    }
}
