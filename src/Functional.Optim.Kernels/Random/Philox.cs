namespace Functional.Optim.Kernels;

/// <summary>
/// Random bits as a pure function of a key and a counter (Philox 4×32-10; Salmon, Moraes, Dror and Shaw, 2011): the same numbers in
/// any order and on any number of threads.
/// </summary>
/// <param name="key">The seed; streams of different keys are independent.</param>
public readonly struct Philox(ulong key)
{
    private const int Rounds = 10;
    private const uint FirstMultiplier = 0xD2511F53;
    private const uint SecondMultiplier = 0xCD9E8D57;
    private const uint FirstWeyl = 0x9E3779B9;
    private const uint SecondWeyl = 0xBB67AE85;

    private readonly ulong key = key;

    /// <summary>The four 32-bit words of a counter.</summary>
    /// <param name="low">The low half of the 128-bit counter.</param>
    /// <param name="high">The high half of the counter, for a second dimension.</param>
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

    /// <summary>Fills a span with the words of the counters from <paramref name="counter"/> on, four words to a counter.</summary>
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

    /// <summary>A number evenly distributed over [0, 1), a multiple of 2⁻⁵³.</summary>
    /// <param name="counter">The low half of the counter.</param>
    /// <param name="high">The high half, for a second dimension.</param>
    public double Uniform(ulong counter, ulong high = 0)
    {
        (uint first, uint second, _, _) = Words(counter, high);
        return ((((ulong)first << 32) | second) >> 11) * (1.0 / (1UL << 53));
    }

    /// <summary>A number from the standard normal distribution (Box and Muller, 1958).</summary>
    /// <param name="counter">The low half of the counter.</param>
    /// <param name="high">The high half, for a second dimension.</param>
    public double Normal(ulong counter, ulong high = 0)
    {
        (uint first, uint second, uint third, uint fourth) = Words(counter, high);
        double radius = (((((ulong)first << 32) | second) >> 11) + 1) * (1.0 / (1UL << 53));
        double angle = ((((ulong)third << 32) | fourth) >> 11) * (1.0 / (1UL << 53));
        return Math.Sqrt(-2 * Math.Log(radius)) * Math.Cos(2 * Math.PI * angle);
    }

    /// <summary>An integer evenly distributed over [0, <paramref name="limit"/>), to one part in 2⁶⁴.</summary>
    /// <param name="counter">The counter.</param>
    /// <param name="limit">The first integer not drawn; positive.</param>
    public long Below(ulong counter, long limit)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        (uint first, uint second, _, _) = Words(counter);
        return (long)Math.BigMul(((ulong)first << 32) | second, (ulong)limit, out _);
    }
}
