using System.Numerics;
using System.Runtime.CompilerServices;

namespace Functional.Optim.Kernels;

/// <summary>The element types that the library computes with: float and double.</summary>
internal static class ElementType
{
    /// <summary>
    /// Throws unless T is float or double, which constraints cannot express. The JIT removes the check.
    /// </summary>
    /// <exception cref="NotSupportedException">T is another type, such as <see cref="Half"/>.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Require<T>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (typeof(T) != typeof(float) && typeof(T) != typeof(double)) Refuse(typeof(T).Name);
    }

    /// <summary>The largest finite number of a type, at most which a factor of it may be.</summary>
    internal static double Largest<T>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        double.CreateTruncating(T.BitDecrement(T.PositiveInfinity));

    /// <summary>The smallest normal number of a type; nearer to 0 are the subnormal ones.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static T SmallestNormal<T>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        T.CreateTruncating(typeof(T) == typeof(float) ? 1.1754943508222875e-38 : 2.2250738585072014e-308);

    private static void Refuse(string name) =>
        throw new NotSupportedException($"A tree holds float or double; {name} is neither.");
}
