using System.Runtime.InteropServices;

namespace Functional.Optim.Native.Tests;

/// <summary>A parameter and its gradient in memory that no garbage collector moves, as a caller in C has it.</summary>
internal sealed unsafe class NativeArray<T> : IDisposable
    where T : unmanaged
{
    private readonly byte* name;
    private readonly long* shape;
    private readonly int rank;

    internal NativeArray(string name, params long[] shape)
    {
        Name = name;
        this.name = (byte*)Marshal.StringToCoTaskMemUTF8(name);
        (rank, Shape) = (shape.Length, [.. shape.Select(size => (int)size)]);
        this.shape = (long*)NativeMemory.Alloc((nuint)shape.Length, sizeof(long));
        shape.CopyTo(new Span<long>(this.shape, rank));
        Length = (int)shape.Aggregate(1L, (all, size) => all * size);
        Parameters = (T*)NativeMemory.AllocZeroed((nuint)Length, (nuint)sizeof(T));
        Gradients = (T*)NativeMemory.AllocZeroed((nuint)Length, (nuint)sizeof(T));
    }

    internal string Name { get; }

    internal int[] Shape { get; }

    internal int Length { get; }

    internal T* Parameters { get; }

    internal T* Gradients { get; }

    internal Span<T> Values => new(Parameters, Length);

    internal Span<T> Gradient => new(Gradients, Length);

    internal NativeLeaf Leaf => new(name, shape, rank, Parameters, Gradients, Length);

    public void Dispose()
    {
        NativeMemory.Free(Parameters);
        NativeMemory.Free(Gradients);
        NativeMemory.Free(shape);
        Marshal.FreeCoTaskMem((nint)name);
    }
}
