using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Functional.Optim.Kernels;

/// <summary>
/// Random bits as a pure function of a key and a counter (Philox 4×32-10): the same numbers in any order and on any
/// number of threads.
/// </summary>
/// <remarks>
/// Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", 2011,
/// <see href="https://doi.org/10.1145/2063384.2063405">doi:10.1145/2063384.2063405</see>.
/// </remarks>
/// <param name="key">The seed. Streams with different keys are independent.</param>
public readonly struct Philox(ulong key)
{
    /// <summary>The 32-bit words for a counter.</summary>
    internal const int WordsPerCounter = 4;

    private const int Rounds = 10;
    private const uint FirstMultiplier = 0xD2511F53;
    private const uint SecondMultiplier = 0xCD9E8D57;
    private const uint FirstWeyl = 0x9E3779B9;
    private const uint SecondWeyl = 0xBB67AE85;

    private readonly ulong key = key;

    /// <summary>The four 32-bit words for a counter.</summary>
    /// <param name="low">The low half of the 128-bit counter.</param>
    /// <param name="high">The high half of the counter; a second dimension, such as a stream.</param>
    public (uint First, uint Second, uint Third, uint Fourth) Words(ulong low, ulong high = 0)
    {
        uint a = (uint)low, b = (uint)(low >> 32), c = (uint)high, d = (uint)(high >> 32);
        uint first = (uint)key, second = (uint)(key >> 32);
        for (int round = 0; round < Rounds; round++)
        {
            ulong left = (ulong)FirstMultiplier * a;
            ulong right = (ulong)SecondMultiplier * c;
            (a, b, c, d) = ((uint)(right >> 32) ^ b ^ first, (uint)right, (uint)(left >> 32) ^ d ^ second, (uint)left);
            first += FirstWeyl;
            second += SecondWeyl;
        }

        return (a, b, c, d);
    }

    /// <summary>Fills a span with the words of consecutive counters, four words for each.</summary>
    /// <param name="counter">The low half of the first counter; the high half is 0.</param>
    /// <param name="destination">The words.</param>
    public void Bits(ulong counter, Span<uint> destination)
    {
        while (!destination.IsEmpty)
        {
            (uint first, uint second, uint third, uint fourth) = Words(counter++);
            destination[0] = first;
            if (destination.Length > 1) destination[1] = second;
            if (destination.Length > 2) destination[2] = third;
            if (destination.Length > 3) destination[3] = fourth;
            destination = destination[Math.Min(4, destination.Length)..];
        }
    }

    /// <summary>
    /// Fills memory with the words of consecutive counters, of eight counters at a time: their first words, then their
    /// second, third and fourth.
    /// </summary>
    /// <param name="counter">The low half of the first counter.</param>
    /// <param name="high">The high half of the counters.</param>
    /// <param name="destination">The words.</param>
    /// <param name="count">How many words; a multiple of 32.</param>
    internal unsafe void Bits(ulong counter, ulong high, uint* destination, int count)
    {
        Vector512<ulong> lower = Vector512.Create((ulong)uint.MaxValue);
        Vector512<ulong> firstMultiplier = Vector512.Create((ulong)FirstMultiplier);
        Vector512<ulong> secondMultiplier = Vector512.Create((ulong)SecondMultiplier);
        Vector512<ulong> counters = Vector512.Create(counter) + Vector512<ulong>.Indices;
        for (int at = 0; at < count; at += WordsPerCounter * Vector512<ulong>.Count)
        {
            // Each word lies in the lower half of 64 bits; the upper halves do not matter.
            Vector512<ulong> a = counters, b = counters >> 32;
            Vector512<ulong> c = Vector512.Create(high), d = Vector512.Create(high >> 32);
            uint first = (uint)key, second = (uint)(key >> 32);
            for (int round = 0; round < Rounds; round++)
            {
                Vector512<ulong> left = Product(a, firstMultiplier), right = Product(c, secondMultiplier);
                (a, b) = ((right >> 32) ^ b ^ Vector512.Create((ulong)first), right);
                (c, d) = ((left >> 32) ^ d ^ Vector512.Create((ulong)second), left);
                first += FirstWeyl;
                second += SecondWeyl;
            }

            Vector512.Narrow(a & lower, b & lower).Store(destination + at);
            Vector512.Narrow(c & lower, d & lower).Store(destination + at + Vector512<uint>.Count);
            counters += Vector512.Create((ulong)Vector512<ulong>.Count);
        }

        // The product of the lower halves; without the instruction, that of 64 bits of what was cleared above them.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static Vector512<ulong> Product(Vector512<ulong> left, Vector512<ulong> right) => Avx512F.IsSupported
            ? Avx512F.Multiply(left.AsUInt32(), right.AsUInt32())
            : (left & Vector512.Create((ulong)uint.MaxValue)) * right;
    }

    /// <summary>A number from the uniform distribution over [0, 1), a multiple of 2⁻⁵³.</summary>
    /// <param name="counter">The low half of the counter.</param>
    /// <param name="high">The high half of the counter; a second dimension.</param>
    public double Uniform(ulong counter, ulong high = 0)
    {
        (uint first, uint second, _, _) = Words(counter, high);
        return ((((ulong)first << 32) | second) >> 11) * (1.0 / (1UL << 53));
    }

    /// <summary>A number from the standard normal distribution.</summary>
    /// <remarks>
    /// Box and Muller, "A note on the generation of random normal deviates", 1958,
    /// <see href="https://doi.org/10.1214/aoms/1177706645">doi:10.1214/aoms/1177706645</see>.
    /// </remarks>
    /// <param name="counter">The low half of the counter.</param>
    /// <param name="high">The high half of the counter; a second dimension.</param>
    public double Normal(ulong counter, ulong high = 0)
    {
        (uint first, uint second, uint third, uint fourth) = Words(counter, high);
        double radius = (((((ulong)first << 32) | second) >> 11) + 1) * (1.0 / (1UL << 53));
        double angle = ((((ulong)third << 32) | fourth) >> 11) * (1.0 / (1UL << 53));
        return Math.Sqrt(-2 * Math.Log(radius)) * Math.Cos(2 * Math.PI * angle);
    }

    /// <summary>
    /// An integer from the uniform distribution over [0, <paramref name="limit"/>). No probability is off by more than
    /// 2⁻⁶⁴.
    /// </summary>
    /// <param name="counter">The low half of the counter; the high half is 0.</param>
    /// <param name="limit">The first integer that is never drawn; positive.</param>
    /// <exception cref="ArgumentOutOfRangeException">The limit is not positive.</exception>
    public long Below(ulong counter, long limit)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        (uint first, uint second, _, _) = Words(counter);
        return (long)Math.BigMul(((ulong)first << 32) | second, (ulong)limit, out _);
    }
}
