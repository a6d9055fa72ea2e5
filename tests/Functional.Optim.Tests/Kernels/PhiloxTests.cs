using Functional.Optim.Kernels;

namespace Functional.Optim.Tests.Kernels;

public class PhiloxTests
{
    /// <summary>
    /// The published test vectors of Random123 for philox4x32-10, with the first word in the lowest bits here.
    /// </summary>
    [Theory]
    [InlineData(0UL, 0UL, 0UL, new[] { 0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u })]
    [InlineData(
        ulong.MaxValue,
        ulong.MaxValue,
        ulong.MaxValue,
        new[] { 0x408f276du, 0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu })]
    [InlineData(
        0x299f31d0a4093822UL,
        0x85a308d3243f6a88UL,
        0x0370734413198a2eUL,
        new[] { 0xd16cfe09u, 0x94fdccebu, 0x5001e420u, 0x24126ea1u })]
    public void The_words_are_those_of_Random123(ulong key, ulong low, ulong high, uint[] expected)
    {
        Assert.Equal((expected[0], expected[1], expected[2], expected[3]), new Philox(key).Words(low, high));
    }

    [Fact]
    public unsafe void Words_of_many_counters_are_those_of_each()
    {
        const ulong counter = uint.MaxValue - 4UL, high = 0x0370734413198a2e;
        Philox random = new(0x299f31d0a4093822);
        uint[] words = new uint[64];
        fixed (uint* start = words) random.Bits(counter, high, start, words.Length);
        for (int index = 0; index < 16; index++)
        {
            int at = (index / 8 * 32) + (index % 8);
            Assert.Equal(
                random.Words(counter + (ulong)index, high), (words[at], words[at + 8], words[at + 16], words[at + 24]));
        }
    }
}
