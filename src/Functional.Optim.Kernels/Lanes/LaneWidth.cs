using System.Runtime.Intrinsics;

namespace Functional.Optim.Kernels;

/// <summary>The width of the lanes a loop runs on. Every width gives the same bits; tests choose it to prove that.</summary>
public enum LaneWidth
{
    /// <summary>The widest that the hardware accelerates.</summary>
    Best = 0,

    /// <summary>One number at a time.</summary>
    Scalar = 1,

    /// <summary>128 bits.</summary>
    Bits128 = 128,

    /// <summary>256 bits.</summary>
    Bits256 = 256,

    /// <summary>512 bits.</summary>
    Bits512 = 512,
}

/// <summary>Finds the width to run on.</summary>
internal static class LaneWidths
{
    [ThreadStatic]
    private static LaneWidth best;

    internal static LaneWidth Resolve(LaneWidth width) =>
        width != LaneWidth.Best ? width
        : best != LaneWidth.Best ? best
        : Vector512.IsHardwareAccelerated ? LaneWidth.Bits512
        : Vector256.IsHardwareAccelerated ? LaneWidth.Bits256
        : Vector128.IsHardwareAccelerated ? LaneWidth.Bits128
        : LaneWidth.Scalar;

    /// <summary>Does something with a width as the best of this thread, so that a whole optimizer can be run at it.</summary>
    internal static TResult With<TResult>(LaneWidth width, Func<TResult> work)
    {
        LaneWidth before = best;
        best = width;
        try
        {
            return work();
        }
        finally
        {
            best = before;
        }
    }
}
