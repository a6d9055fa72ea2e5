namespace Functional.Optim.Mpi.Tests;

/// <summary>What is checked before MPI is called, on one rank.</summary>
public class AloneTests
{
    [Theory]
    [InlineData(new[] { 0, 1, 2 }, "There are 3 bounds; allowed are 2, one more than ranks.")]
    [InlineData(new[] { -1, 2 }, "The bounds are from -1 to 2; allowed is 0 to 4.")]
    [InlineData(new[] { 0, 5 }, "The bounds are from 0 to 5; allowed is 0 to 4.")]
    [InlineData(new[] { 3, 1 }, "Bound 1 is 1, below the one before, 3.")]
    public void Bounds_that_are_not_those_of_the_span_are_refused(int[] starts, string message)
    {
        float[] values = new float[4], others = new float[4];
        AssertRefused("sendStarts", message, () => Ranks.Alone.AllToAll<float>(values, starts, others, [0, 4]));
        AssertRefused("receiveStarts", message, () => Ranks.Alone.AllToAll<float>(values, [0, 4], others, starts));
        AssertRefused("starts", message, () => Ranks.Alone.AllGather<float>(values, starts));
    }

    [Fact]
    public void A_rank_sends_itself_as_much_as_it_receives() => AssertRefused(
        "receiveStarts", "This rank sends itself 3 and receives 2 of them.",
        () => Ranks.Alone.AllToAll<float>(new float[4], [0, 3], new float[4], [2, 4]));

    [Fact]
    public void What_is_received_must_not_overlap_what_is_sent()
    {
        float[] values = new float[4];
        AssertRefused(
            "receive", "It overlaps what is sent.",
            () => Ranks.Alone.AllToAll<float>(values.AsSpan(0, 3), [0, 2], values.AsSpan(2), [0, 2]));
    }

    [Fact]
    public void Types_of_other_sizes_are_refused()
    {
        string expected = "System.Decimal has 16 bytes; allowed are types of 1, 2, 4 and 8 bytes.";
        Assert.Equal(
            expected,
            Assert.Throws<NotSupportedException>(() => Ranks.Alone.Broadcast<decimal>(new decimal[2])).Message);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public void Only_a_rank_can_broadcast(int from) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Ranks.Alone.Broadcast<float>(new float[2], from));

    private static void AssertRefused(string parameter, string message, Action action) =>
        Assert.StartsWith(
            message, Assert.Throws<ArgumentException>(parameter, action).Message, StringComparison.Ordinal);
}
