using System.Buffers.Binary;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;
using TorchSharp;

namespace TorchSharpSample;

/// <summary>The native library of TorchSharp, loaded once.</summary>
/// <remarks>
/// The one of TorchSharp 0.107 for Linux asks for a libstdc++ of GCC 13, of which it uses nothing: its one reference is
/// to an initializer that is never called. With an older libstdc++, as that of Debian 12, a copy is loaded in which that
/// version and that symbol are weak, so that they may be missing.
/// </remarks>
public static class NativeTorch
{
    private const string Version = "GLIBCXX_3.4.32", Symbol = "_ZSt21ios_base_library_initv";

    private static readonly Lazy<(string? Problem, bool IsCopy)> Loaded = new(Load);

    /// <summary>Why it cannot be loaded; <see langword="null"/> where it is.</summary>
    public static string? Problem => Loaded.Value.Problem;

    /// <summary>Whether it is the copy for an older libstdc++.</summary>
    public static bool IsCopy => Loaded.Value.IsCopy;

    private static (string? Problem, bool IsCopy) Load()
    {
        Assembly torchSharp = typeof(torch).Assembly;
        try
        {
            NativeLibrary.Load("torch_cpu", torchSharp, null);
            try
            {
                NativeLibrary.Load("LibTorchSharp", torchSharp, null);
                return (null, false);
            }
            catch (DllNotFoundException exception) when (
                OperatingSystem.IsLinux() && exception.Message.Contains(Version, StringComparison.Ordinal))
            {
                LoadCopy();
                return (null, true);
            }
        }
        catch (Exception exception) when (exception is DllNotFoundException or BadImageFormatException or IOException)
        {
            return ($"The native library of TorchSharp cannot be loaded: {exception.Message.Split(". ")[0]}.", false);
        }
    }

    private static void LoadCopy()
    {
        string folder = Path.Combine(
            AppContext.BaseDirectory, "runtimes", RuntimeInformation.RuntimeIdentifier, "native");
        byte[] library = File.ReadAllBytes(Path.Combine(folder, "libLibTorchSharp.so"));
        Weaken(library);

        // The libraries that it needs are found by their names where they are loaded.
        NativeLibrary.Load(Path.Combine(folder, "libtorch.so"));
        string copy = Path.Combine(Path.GetTempPath(), $"libLibTorchSharp-{Guid.NewGuid():N}.so");
        try
        {
            File.WriteAllBytes(copy, library);
            NativeLibrary.Load(copy);
        }
        finally
        {
            File.Delete(copy);
        }
    }

    /// <summary>Makes the version and the symbol weak, in a library in the format ELF of 64 bits.</summary>
    private static void Weaken(Span<byte> library)
    {
        const int dynamicSymbols = 11, neededVersions = 0x6FFF_FFFE, weakVersion = 2, weakSymbol = 2 << 4;
        int sections = At<long>(library, 0x28), size = Short(library, 0x3A), count = Short(library, 0x3C);
        for (int section = sections; section < sections + (count * size); section += size)
        {
            int type = At<int>(library, section + 4), start = At<long>(library, section + 0x18),
                end = start + At<long>(library, section + 0x20),
                names = At<long>(library, sections + (At<int>(library, section + 0x28) * size) + 0x18);
            if (type == dynamicSymbols)
            {
                for (int symbol = start; symbol < end; symbol += 24)
                {
                    if (Is(library, names + At<int>(library, symbol), Symbol))
                        library[symbol + 4] = (byte)((library[symbol + 4] & 0xF) | weakSymbol);
                }
            }
            else if (type == neededVersions)
            {
                for (int file = start, next = -1; next != 0; file += next)
                {
                    int version = file + At<int>(library, file + 8);
                    for (int index = 0; index < Short(library, file + 2); index++)
                    {
                        if (Is(library, names + At<int>(library, version + 8), Version))
                            library[version + 4] |= weakVersion;
                        version += At<int>(library, version + 12);
                    }

                    next = At<int>(library, file + 12);
                }
            }
        }
    }

    private static int At<TNumber>(ReadOnlySpan<byte> library, int offset)
        where TNumber : unmanaged => checked((int)(typeof(TNumber) == typeof(long)
            ? BinaryPrimitives.ReadInt64LittleEndian(library[offset..])
            : BinaryPrimitives.ReadUInt32LittleEndian(library[offset..])));

    private static ushort Short(ReadOnlySpan<byte> library, int offset) =>
        BinaryPrimitives.ReadUInt16LittleEndian(library[offset..]);

    private static bool Is(ReadOnlySpan<byte> library, int offset, string name) =>
        library[offset..].StartsWith(Encoding.ASCII.GetBytes(name + '\0'));
}
