using Functional.Optim.Benchmarks.Rivals;

namespace Functional.Optim.Benchmarks.Tests;

/// <summary>A test that needs the native library of torch. It is skipped, with the reason, without it.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class TorchFactAttribute : FactAttribute
{
    /// <summary>Looks for the library.</summary>
    public TorchFactAttribute() => Skip = Torch.Problem;
}
