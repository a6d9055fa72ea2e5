using TorchSharpSample;

namespace Functional.Optim.TorchSharp.Tests;

/// <summary>A test with tensors, which is skipped where the native library of TorchSharp cannot be loaded.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class TorchFactAttribute : FactAttribute
{
    public TorchFactAttribute() => Skip = NativeTorch.Problem;
}
