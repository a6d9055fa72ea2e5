using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Functional.Optim.Kernels;

/// <summary>
/// Numbers from the standard normal distribution, block by block over lanes: a function of the key, the block and a
/// second dimension, with the same bits at every width.
/// </summary>
/// <remarks>
/// Box and Muller, "A note on the generation of random normal deviates", 1958,
/// <see href="https://doi.org/10.1214/aoms/1177706645">doi:10.1214/aoms/1177706645</see>: of two uniform numbers, one
/// gives a radius and one an angle, and the point there has two independent normal coordinates. A uniform number has 31
/// random bits for float, so that none is farther from 0 than 6.6, and 52 for double, 8.5.
/// </remarks>
internal static unsafe class NormalBlocks
{
    /// <summary>The numbers of a block.</summary>
    internal const int Length = 512;

    private const int Pairs = Length / 2;

    /// <summary>Fills a block.</summary>
    /// <param name="random">Where the bits come from.</param>
    /// <param name="block">The index of the block; not negative.</param>
    /// <param name="high">The second dimension.</param>
    /// <param name="normals">Where the numbers go; <see cref="Length"/> of them.</param>
    /// <param name="width">The width of the lanes.</param>
    internal static void Fill<T>(Philox random, long block, ulong high, T* normals, LaneWidth width)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int words = Length * sizeof(T) / sizeof(uint);
        T* exponents = stackalloc T[Pairs];
        random.Bits((ulong)block * (ulong)(words / Philox.WordsPerCounter), high, (uint*)normals, words);
        if (typeof(T) == typeof(float)) Split((uint*)normals, (float*)exponents);
        else Split((ulong*)normals, (double*)exponents);
        LaneLoop.OnThisThread<T, Points<T>>(Pairs, new(exponents, normals), width);
    }

    /// <summary>
    /// Makes of the first half of the bits u = 2ᵉ·(1 + x) in (0, 1], with x from −¼ to ½, and of the second half angles
    /// from −1 to 1 half turns. x and the angles replace the bits.
    /// </summary>
    private static void Split(uint* bits, float* exponents)
    {
        for (int pair = 0; pair < Pairs; pair += Vector512<uint>.Count)
        {
            // Odd, so that u is not 0.
            Vector512<int> odd = ((Vector512.Load(bits + pair) >> 1) | Vector512<uint>.One).AsInt32();
            Vector512<int> u = (Vector512.ConvertToSingle(odd) * Vector512.Create(1 / 2147483648f)).AsInt32();
            Vector512<int> e = (u - Vector512.Create(0.75f).AsInt32()) >> 23;
            Vector512.ConvertToSingle(e).Store(exponents + pair);
            ((u - (e << 23)).AsSingle() - Vector512<float>.One).Store((float*)bits + pair);
            Vector512<int> angle = Vector512.Load(bits + Pairs + pair).AsInt32();
            (Vector512.ConvertToSingle(angle) * Vector512.Create(1 / 2147483648f)).Store((float*)bits + Pairs + pair);
        }
    }

    /// <inheritdoc cref="Split(uint*, float*)"/>
    private static void Split(ulong* bits, double* exponents)
    {
        // An integer in the last bits of 1.5·2⁵² is that number plus the integer.
        const double rounder = 6755399441055744;
        Vector512<ulong> one = Vector512<double>.One.AsUInt64();
        for (int pair = 0; pair < Pairs; pair += Vector512<ulong>.Count)
        {
            Vector512<double> fromOne = ((Vector512.Load(bits + pair) >> 12) | one).AsDouble();
            Vector512<long> u = (Vector512.Create(2.0) - fromOne).AsInt64();
            Vector512<long> e = (u - Vector512.Create(0.75).AsInt64()) >> 52;
            ((e + Vector512.Create(rounder).AsInt64()).AsDouble() - Vector512.Create(rounder)).Store(exponents + pair);
            ((u - (e << 52)).AsDouble() - Vector512<double>.One).Store((double*)bits + pair);
            Vector512<double> angle = ((Vector512.Load(bits + Pairs + pair) >> 12) | one).AsDouble();
            ((angle + angle) - Vector512.Create(3.0)).Store((double*)bits + Pairs + pair);
        }
    }

    /// <summary>√(−2·log u)·(cos πa, sin πa), the first half of a block and the second.</summary>
    private readonly struct Points<T>(T* exponents, T* numbers) : IElementBody<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private readonly T* exponents = exponents;
        private readonly T* numbers = numbers;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<TLane>(long index)
            where TLane : struct, ILane<TLane, T>
        {
            TLane logarithm = TLane.FusedMultiplyAdd(
                TLane.Load(exponents + index),
                Constant<TLane>(0.6931471805599453),
                Logarithm.OfOnePlus<T, TLane>(TLane.Load(numbers + index)));
            TLane radius = TLane.Sqrt(Constant<TLane>(-2) * logarithm), angle = TLane.Load(numbers + Pairs + index);
            TLane half = Constant<TLane>(0.5), turned = TLane.Abs(angle);
            // Beyond a quarter turn, sin πa = sin π(±1 − a).
            TLane sign = TLane.SelectGreater(angle, default, Constant<TLane>(1), Constant<TLane>(-1));
            TLane folded = TLane.SelectGreater(turned, half, sign - angle, angle);
            TLane.Store(radius * Sine.OfHalfTurns<T, TLane>(half - turned), numbers + index);
            TLane.Store(radius * Sine.OfHalfTurns<T, TLane>(folded), numbers + Pairs + index);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static TLane Constant<TLane>(double value)
            where TLane : struct, ILane<TLane, T> => TLane.Broadcast(T.CreateTruncating(value));
    }
}
