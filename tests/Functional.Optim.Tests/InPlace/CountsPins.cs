using System.Buffers;

namespace Functional.Optim.Tests.InPlace;

/// <summary>Four numbers that count how often they are pinned at present.</summary>
internal sealed class CountsPins : MemoryManager<float>
{
    private readonly float[] numbers = GC.AllocateArray<float>(4, pinned: true);

    internal int Pinned { get; private set; }

    internal bool Refuses { get; set; }

    public override Span<float> GetSpan() => numbers;

    public override unsafe MemoryHandle Pin(int elementIndex = 0)
    {
        if (Refuses) throw new InvalidOperationException("This memory cannot be pinned now.");
        Pinned++;
        fixed (float* address = &numbers[elementIndex]) return new MemoryHandle(address, pinnable: this);
    }

    public override void Unpin() => Pinned--;

    protected override void Dispose(bool disposing)
    {
    }
}
