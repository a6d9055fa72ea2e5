using Functional.Optim.Kernels;

namespace Functional.Optim.Tests.Kernels;

public unsafe class AlignedBufferTests
{
    [Fact]
    public void A_buffer_starts_at_a_multiple_of_64_bytes_or_is_rejected()
    {
        for (int length = 0; length < 70; length++)
        {
            AssertAligned(new AlignedBuffer<byte>(length), length);
            AssertAligned(new AlignedBuffer<Half>(length), length);
            AssertAligned(new AlignedBuffer<float>(length), length);
            AssertAligned(new AlignedBuffer<double>(length), length);
        }

        Assert.Equal(
            "An element of an aligned buffer has 1, 2, 4 or 8 bytes; Odd has 3.",
            Assert.Throws<NotSupportedException>(() => new AlignedBuffer<Odd>(1)).Message);
        Assert.Throws<NotSupportedException>(() => new AlignedBuffer<decimal>(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new AlignedBuffer<float>(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new AlignedBuffer<float>(AlignedBuffer<float>.MaxLength + 1));
    }

    private static void AssertAligned<T>(AlignedBuffer<T> buffer, int length)
        where T : unmanaged
    {
        Assert.Equal(0, (nint)buffer.Pointer % 64);
        Assert.Equal(length, buffer.Span.Length);
        foreach (T value in buffer.Span) Assert.Equal(default, value);
    }

    private readonly record struct Odd(byte First, byte Second, byte Third);
}
