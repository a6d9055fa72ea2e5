namespace Functional.Optim.Kernels;

/// <summary>A line of the cache, the unit in which memory is read and written.</summary>
internal static unsafe class CacheLine
{
    /// <summary>The bytes of a line.</summary>
    internal const int Bytes = 64;

    /// <summary>The floats of a line.</summary>
    internal const int Floats = Bytes / sizeof(float);

    /// <summary>The first address from another on where a line begins.</summary>
    internal static T* Align<T>(T* address)
        where T : unmanaged => (T*)(((nint)address + Bytes - 1) & -Bytes);
}
