using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TorchSharp;

namespace Functional.Optim.TorchSharp;

/// <summary>The elements of tensors: where they are, and copies to and from memory of .NET.</summary>
internal static unsafe class TensorMemory
{
    /// <summary>The element type of torch for T.</summary>
    internal static torch.ScalarType TypeOf<T>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        typeof(T) == typeof(float) ? torch.ScalarType.Float32 : torch.ScalarType.Float64;

    /// <summary>Whether T holds every number of a type, so that what is read and written again is the same.</summary>
    internal static bool Holds<T>(torch.ScalarType type)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        type == TypeOf<T>() || (type == torch.ScalarType.Float32 && typeof(T) == typeof(double));

    /// <summary>Whether the elements are in the memory of this process, in row-major order, as T.</summary>
    internal static bool IsDirect<T>(torch.Tensor tensor)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        tensor.device_type == DeviceType.CPU && tensor.dtype == TypeOf<T>() && tensor.is_contiguous();

    /// <summary>The address of the first element of a contiguous tensor in the memory of this process.</summary>
    internal static void* AddressOf(torch.Tensor tensor)
    {
        if (tensor.NumberOfElements * tensor.ElementSize <= int.MaxValue) return AddressOf(tensor.bytes);

        // A span of bytes ends at 2 GB.
        using torch.Tensor flat = tensor.view(-1), first = flat.narrow(0, 0, 1);
        return AddressOf(first.bytes);
    }

    /// <summary>An uninitialized tensor of T in the memory of this process, of the shape of another.</summary>
    internal static torch.Tensor Like<T>(torch.Tensor tensor)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        torch.empty(tensor.shape, TypeOf<T>(), torch.CPU).DetachFromDisposeScope();

    /// <summary>Copies the elements of a tensor of any device, order or type.</summary>
    internal static void Read<T>(torch.Tensor tensor, Span<T> elements)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        using IDisposable noGradient = torch.no_grad();
        if (IsDirect<T>(tensor))
        {
            new ReadOnlySpan<T>(AddressOf(tensor), elements.Length).CopyTo(elements);
            return;
        }

        using torch.Tensor copy = Like<T>(tensor);
        Copy(tensor, copy);
        new ReadOnlySpan<T>(AddressOf(copy), elements.Length).CopyTo(elements);
    }

    /// <summary>Writes the elements of a tensor of any device, order or type, and tells autograd.</summary>
    internal static void Write<T>(ReadOnlySpan<T> elements, torch.Tensor tensor)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        using IDisposable noGradient = torch.no_grad();
        if (IsDirect<T>(tensor))
        {
            elements.CopyTo(new Span<T>(AddressOf(tensor), elements.Length));
            MarkWritten(tensor);
            return;
        }

        using torch.Tensor copy = Like<T>(tensor);
        elements.CopyTo(new Span<T>(AddressOf(copy), elements.Length));
        Copy(copy, tensor);
    }

    /// <summary>Copies a tensor to another, which autograd notices.</summary>
    internal static void Copy(torch.Tensor from, torch.Tensor to) => to.copy_(from);

    /// <summary>
    /// Tells autograd that a tensor was written, while no gradient is recorded: raises its version, so that a backward
    /// pass through what was computed from it before throws.
    /// </summary>
    internal static void MarkWritten(torch.Tensor tensor) => tensor.transpose_(-1, -1);

    private static void* AddressOf(Span<byte> bytes) => Unsafe.AsPointer(ref MemoryMarshal.GetReference(bytes));
}
