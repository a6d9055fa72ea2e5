using TorchSharpSample;

namespace Functional.Optim.Benchmarks.Rivals;

/// <summary>Whether the native library of torch is here. It is 130 MB to download, so a build has to ask for it.</summary>
internal static class Torch
{
#if TORCH
    /// <summary>What asks for it on the command line of a build, with a space after it, or nothing.</summary>
    internal const string BuildOption = "-p:Torch=true ";

    /// <summary>Why it cannot be used; <see langword="null"/> where it can.</summary>
    internal static string? Problem => NativeTorch.Problem;
#else
    /// <summary>What asks for it on the command line of a build, with a space after it, or nothing.</summary>
    internal const string BuildOption = "";

    /// <summary>Why it cannot be used; <see langword="null"/> where it can.</summary>
    internal static string? Problem => "not here: 'dotnet run -p:Torch=true' downloads the native library of torch";
#endif

    /// <summary>Loads the library.</summary>
    /// <exception cref="NotSupportedException">It is not here, or cannot be loaded.</exception>
    internal static void Load()
    {
        if (Problem is { } problem) throw new NotSupportedException(problem);
    }
}
