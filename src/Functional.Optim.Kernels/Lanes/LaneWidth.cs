using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Functional.Optim.Kernels;

/// <summary>
/// The width of the lanes of a loop. Every width gives the same bits; tests choose the width to prove that.
/// </summary>
public enum LaneWidth
{
    /// <summary>The widest vector that the hardware accelerates.</summary>
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

/// <summary>Chooses the width of a loop.</summary>
internal static class LaneWidths
{
    [ThreadStatic]
    private static LaneWidth best;

    /// <summary>Whether a thread ever chose its best width: where none did, there is nothing to look up.</summary>
    private static bool isChosen;

    /// <summary>The width, or the best width of this thread for <see cref="LaneWidth.Best"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not one of the enumeration.</exception>
    internal static LaneWidth Resolve(LaneWidth width) => width switch
    {
        LaneWidth.Best => Best,
        LaneWidth.Scalar or LaneWidth.Bits128 or LaneWidth.Bits256 or LaneWidth.Bits512 => width,
        _ => throw NotAllowed(width),
    };

    /// <summary>
    /// The width for which a loop is compiled. A natively compiled program has loops of one width, the best, so that it
    /// is several times smaller; there this is a constant. With a JIT it is the width that was asked for.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static LaneWidth Compiled(LaneWidth width) => RuntimeFeature.IsDynamicCodeSupported ? width : Widest;

    private static LaneWidth Best => isChosen && best != LaneWidth.Best ? best : Widest;

    private static LaneWidth Widest
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector512.IsHardwareAccelerated ? LaneWidth.Bits512
            : Vector256.IsHardwareAccelerated ? LaneWidth.Bits256
            : Vector128.IsHardwareAccelerated ? LaneWidth.Bits128
            : LaneWidth.Scalar;
    }

    private static ArgumentOutOfRangeException NotAllowed(LaneWidth width) => new(
        nameof(width),
        width,
        $"The lane width is {(int)width}; allowed is {string.Join(", ", Enum.GetNames<LaneWidth>())}.");

    /// <summary>
    /// Runs a function with a given best width on this thread, so that a test can run a whole optimizer at that width.
    /// </summary>
    internal static TResult With<TResult>(LaneWidth width, Func<TResult> work)
    {
        LaneWidth before = best;
        isChosen = true;
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
