using System.Collections.Immutable;
using System.Reflection;
using System.Runtime.InteropServices;
using LanguageExt;
using LanguageExt.Common;

namespace Functional.Optim.Mpi;

/// <summary>The native library of MPI that the calls of MPI.NET go to.</summary>
/// <remarks>
/// MPI.NET has the constants of MS-MPI, which are those of MPICH, apart from types whose size is another one on Linux
/// (<c>long</c>, <c>wchar_t</c>), which nothing here uses. Libraries of MPICH's ABI, such as that of Intel, are named
/// <c>libmpi.so.12</c>; that of Open MPI has another ABI and another number.
/// </remarks>
internal static partial class MpiLibrary
{
    /// <summary>The environment variable that names the library where it is not at a usual place.</summary>
    private const string Variable = "FUNCTIONAL_OPTIM_MPI_LIBRARY";

    private const string NameInPackage = "msmpi.dll", Install =
        "install MPICH (Debian and Ubuntu: apt-get install mpich; Windows: MS-MPI), or name its library in " + Variable;

    private static readonly ImmutableArray<string> Names =
        OperatingSystem.IsWindows() ? [NameInPackage] : ["libmpich.so.12", "libmpi.so.12"];

    /// <summary>The library, or zero before it is loaded.</summary>
    private static nint library;

    /// <summary>Loads the library, unless it is loaded.</summary>
    /// <returns>The error, in one line that says how to install it.</returns>
    internal static Fin<Unit> Load()
    {
        if (library != 0) return Unit.Default;
        Configure();
        string? named = Environment.GetEnvironmentVariable(Variable);
        ImmutableArray<string> names = string.IsNullOrEmpty(named) ? Names : [named];
        foreach (string name in names)
        {
            if (!NativeLibrary.TryLoad(name, out nint found)) continue;
            if (NativeLibrary.TryGetExport(found, "ompi_mpi_comm_world", out _))
                return Error.New($"The MPI library '{name}' is that of Open MPI, which has another ABI: {Install}.");
            NativeLibrary.SetDllImportResolver(typeof(MPI.Unsafe).Assembly, Resolve);
            library = found;
            return Unit.Default;
        }

        return Error.New($"Cannot load MPI ({string.Join(", ", names.Select(name => $"'{name}'"))}): {Install}.");
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path) =>
        name == NameInPackage ? library : 0;

    /// <summary>
    /// Sets what the library reads from the environment of the process, which is not that of the runtime, unless it is
    /// set there.
    /// </summary>
    private static void Configure()
    {
        if (OperatingSystem.IsWindows()) return;
        // UCX, by which MPICH sends, would end the process at the signals that the runtime makes exceptions of, such as
        // that of a null reference.
        _ = SetEnvironment("UCX_ERROR_SIGNALS", "", overwrite: 0);
        // A gather in pieces of 32 KiB lets ranks that share a core wait for each other at each piece.
        _ = SetEnvironment("MPIR_CVAR_ALLGATHERV_PIPELINE_MSG_SIZE", "1073741824", overwrite: 0);
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetEnvironment(string name, string value, int overwrite);
}
