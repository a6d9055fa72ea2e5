using Functional.Optim.Native;

namespace Functional.Optim.Native.Tests;

public class HandleTableTests
{
    [Fact]
    public void A_number_finds_its_object_until_that_is_removed()
    {
        HandleTable<string> table = new();
        ulong first = table.Add("first"), second = table.Add("second");
        Assert.NotEqual(0u, first);
        Assert.Equal(("first", "second"), (table.Get(first), table.Get(second)));
        Assert.Equal("first", table.Remove(first));
        Assert.Equal("second", table.Get(second));
        Missing($"The handle {first} was freed.", () => table.Get(first));
        Missing($"The handle {first} was freed.", () => table.Remove(first));
    }

    [Fact]
    public void An_old_number_does_not_find_what_took_its_place()
    {
        HandleTable<string> table = new();
        HashSet<ulong> numbers = [];
        for (int generation = 0; generation < 100; generation++)
        {
            ulong number = table.Add($"{generation}");
            Assert.True(numbers.Add(number));
            foreach (ulong old in numbers.Where(each => each != number))
                Missing($"The handle {old} was freed.", () => table.Get(old));
            table.Remove(number);
        }
    }

    [Theory]
    [InlineData(0, "The handle is 0, which is no optimizer.")]
    [InlineData(1, "There is no optimizer with the handle 1.")]
    [InlineData(ulong.MaxValue, "There is no optimizer with the handle 18446744073709551615.")]
    [InlineData(1UL << 33, "There is no optimizer with the handle 8589934592.")]
    public void A_number_that_never_was_one_finds_nothing(ulong number, string message)
    {
        HandleTable<string> table = new();
        table.Add("one");
        Missing(message, () => table.Get(number));
    }

    private static void Missing(string message, Action find)
    {
        NativeException exception = Assert.Throws<NativeException>(find);
        Assert.Equal((Status.BadHandle, message), (exception.Status, exception.Message));
    }
}
