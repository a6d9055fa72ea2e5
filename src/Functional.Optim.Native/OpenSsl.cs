using System.Runtime.InteropServices;

namespace Functional.Optim.Native;

/// <summary>
/// The library that computes the checksums of files. Where Linux has none, the runtime would end the process at the
/// first checksum, so it is looked for before.
/// </summary>
internal static class OpenSsl
{
    private static readonly string[] Names = ["libssl.so.3", "libssl.so.1.1"];

    private static bool isHere = !OperatingSystem.IsLinux();

    /// <exception cref="NativeException">It is not installed; a later call looks again.</exception>
    internal static void Require()
    {
        isHere = isHere || Array.Exists(Names, static name => NativeLibrary.TryLoad(name, out _));
        if (!isHere)
            throw new NativeException(
                Status.File, $"Files have checksums, for which OpenSSL is not here: {string.Join(" or ", Names)}.");
    }
}
