using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim.Tests.Kernels;

/// <summary>
/// The statistics of a million normal numbers. Each bound is about five standard deviations of what it bounds.
/// </summary>
public unsafe class NormalBlocksTests
{
    private const int BlockCount = 2000, Count = BlockCount * NormalBlocks.Length;

    private static readonly float[] Floats = Draw<float>(BlockCount, 3, LaneWidth.Best);
    private static readonly double[] Doubles = Draw<double>(BlockCount, 3, LaneWidth.Best);

    [Fact]
    public void The_moments_are_those_of_the_normal_distribution()
    {
        CheckMoments([.. Floats.Select(value => (double)value)]);
        CheckMoments(Doubles);
    }

    [Fact]
    public void The_shares_below_bounds_are_those_of_the_normal_distribution()
    {
        (double Bound, double Share)[] quantiles =
        [
            (-4, 3.167124e-5), (-3, 0.001349898), (-2, 0.02275013), (-1, 0.1586553), (-0.25, 0.4012937), (0, 0.5),
            (0.01, 0.5039894), (0.5, 0.6914625), (1, 0.8413447), (2, 0.9772499), (3, 0.9986501), (4, 0.9999683),
        ];
        foreach ((double bound, double share) in quantiles)
        {
            double tolerance = 5 * Math.Sqrt(share * (1 - share) / Count);
            Assert.Equal(share, Floats.Count(value => value < bound) / (double)Count, tolerance);
            Assert.Equal(share, Doubles.Count(value => value < bound) / (double)Count, tolerance);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(8)]
    [InlineData(16)]
    [InlineData(32)]
    [InlineData(NormalBlocks.Length / 2)]
    [InlineData(NormalBlocks.Length)]
    public void Numbers_at_a_distance_are_independent(int distance)
    {
        // Squares too: the two numbers of a pair have one radius.
        CheckIndependent(Floats.Skip(distance).Zip(Floats, (a, b) => ((double)a, (double)b)));
        CheckIndependent(Doubles.Skip(distance).Zip(Doubles));
    }

    [Fact]
    public void Numbers_of_other_keys_and_second_dimensions_are_independent()
    {
        CheckIndependent(Doubles.Zip(Draw<double>(BlockCount, 4, LaneWidth.Best)));
        CheckIndependent(Doubles.Zip(Draw<double>(BlockCount, 3, LaneWidth.Best, key: 8)));
    }

    [Theory]
    [InlineData(LaneWidth.Bits128)]
    [InlineData(LaneWidth.Bits256)]
    [InlineData(LaneWidth.Bits512)]
    public void Every_width_gives_the_same_bits(LaneWidth width)
    {
        Assert.Equal(Draw<float>(50, 3, LaneWidth.Scalar), Draw<float>(50, 3, width));
        Assert.Equal(Draw<double>(50, 3, LaneWidth.Scalar), Draw<double>(50, 3, width));
    }

    [Fact]
    public void The_numbers_are_those_of_the_formula()
    {
        uint[] words = new uint[NormalBlocks.Length];
        float[] normals = Draw<float>(1, 3, LaneWidth.Best);
        fixed (uint* start = words) new Philox(7).Bits(0, 3, start, words.Length);
        for (int pair = 0; pair < words.Length / 2; pair++)
        {
            double u = ((words[pair] >> 1) | 1) * Math.ScaleB(1, -31);
            double radius = Math.Sqrt(-2 * Math.Log(u)), angle = (int)words[pair + 256] * Math.ScaleB(Math.PI, -31);
            Assert.Equal(radius * Math.Cos(angle), normals[pair], 3e-6);
            Assert.Equal(radius * Math.Sin(angle), normals[pair + 256], 3e-6);
        }
    }

    private static T[] Draw<T>(int blocks, ulong high, LaneWidth width, ulong key = 7)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        T[] result = new T[blocks * NormalBlocks.Length];
        fixed (T* start = result)
        {
            for (int block = 0; block < blocks; block++)
                NormalBlocks.Fill(new Philox(key), block, high, start + (block * NormalBlocks.Length), width);
        }

        return result;
    }

    private static void CheckMoments(double[] values)
    {
        // The variances of the powers are 1, 2, 15 and 96.
        Assert.Equal(0, values.Average(), 5 / Math.Sqrt(Count));
        Assert.Equal(1, values.Average(x => x * x), 5 * Math.Sqrt(2.0 / Count));
        Assert.Equal(0, values.Average(x => x * x * x), 5 * Math.Sqrt(15.0 / Count));
        Assert.Equal(3, values.Average(x => x * x * x * x), 5 * Math.Sqrt(96.0 / Count));
    }

    private static void CheckIndependent(IEnumerable<(double A, double B)> pairs)
    {
        (double products, double squares, long count) = (0, 0, 0);
        foreach ((double a, double b) in pairs)
        {
            products += a * b;
            squares += ((a * a) - 1) * ((b * b) - 1);
            count++;
        }

        Assert.Equal(0, products / count, 5 / Math.Sqrt(count));
        Assert.Equal(0, squares / count, 10 / Math.Sqrt(count));
    }
}
