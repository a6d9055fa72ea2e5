using Functional.Optim.Kernels;

namespace Functional.Optim.Tests.Kernels;

[Collection(ThreadLimit.Name)]
public class ParallelForTests
{
    [Theory]
    [InlineData(0, 4)]
    [InlineData(1, 4)]
    [InlineData(3, 1)]
    [InlineData(1000, 2)]
    [InlineData(1000, 64)]
    public void Each_index_is_run_once(int count, int threads)
    {
        int[] runs = new int[count];
        ThreadLimit.With(threads, () => Run(count, index => Interlocked.Increment(ref runs[index])));
        Assert.All(runs, times => Assert.Equal(1, times));
    }

    [Fact]
    public void A_nested_loop_without_free_threads_runs_on_its_calling_thread()
    {
        bool[] stayed = new bool[64];
        ThreadLimit.With(2, () => Run(8, outer =>
        {
            int thread = Environment.CurrentManagedThreadId;
            return Run(8, inner => stayed[(outer * 8) + inner] = Environment.CurrentManagedThreadId == thread);
        }));
        Assert.All(stayed, Assert.True);
    }

    [Fact]
    public void An_exception_of_a_body_reaches_the_caller_and_the_next_loop_runs()
    {
        InvalidOperationException thrown = Assert.Throws<InvalidOperationException>(
            () => Run(100, index => index == 7 ? throw new InvalidOperationException($"index {index}") : true));
        Assert.Equal("index 7", thrown.Message);
        Each_index_is_run_once(100, Environment.ProcessorCount);
    }

    [Fact]
    public void A_range_that_ends_at_the_largest_index_has_no_more_after_it()
    {
        IndexRange range = new(int.MaxValue - 2, int.MaxValue);
        Assert.True(range.TryTake(out int index));
        Assert.Equal(int.MaxValue - 2, index);
        Assert.True(range.TryTake(out index));
        Assert.Equal(int.MaxValue - 1, index);
        for (int attempt = 0; attempt < 100; attempt++) Assert.False(range.TryTake(out _));
    }

    [Fact]
    public void A_negative_count_and_a_limit_out_of_range_are_rejected()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Run(-1, index => index));
        int limit = Threads.Limit;
        Assert.Throws<ArgumentOutOfRangeException>(() => Threads.Limit = 0);
        Assert.Throws<ArgumentOutOfRangeException>(() => Threads.Limit = Threads.MaxLimit + 1);
        Assert.Equal(limit, Threads.Limit);
    }

    private static bool Run<T>(int count, Func<int, T> body)
    {
        ParallelFor.Run(count, new Calls<T>(body));
        return true;
    }

    private readonly struct Calls<T>(Func<int, T> body) : IParallelBody
    {
        public void Run(int index) => body(index);
    }
}
