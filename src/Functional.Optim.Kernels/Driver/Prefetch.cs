using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Functional.Optim.Kernels;

/// <summary>
/// Asks for memory that a loop reads later. The processor does so by itself for short loops; a loop with many
/// instructions for each byte, or one that begins a page, would wait without it. It changes no result.
/// </summary>
internal static unsafe class Prefetch
{
    /// <summary>How many elements ahead of a loop.</summary>
    internal const int Ahead = 1536;

    /// <summary>Asks for the 64 bytes that contain an address, which need not be valid.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Line(void* address)
    {
        if (Sse.IsSupported) Sse.Prefetch0(address);
    }
}
