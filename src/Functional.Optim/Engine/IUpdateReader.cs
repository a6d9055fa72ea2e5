using System.Numerics;

namespace Functional.Optim;

/// <summary>Reads an update piece by piece, while it is in the cache.</summary>
internal unsafe interface IUpdateReader<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Reads the next elements.</summary>
    void Read(T* update, T* parameters, int count);
}
