using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using LanguageExt;

namespace Functional.Optim.Training;

/// <summary>
/// The format of <see cref="ParameterFile"/> and <see cref="TrainStateFile"/>: magic (8 bytes), version and header length (32 bits
/// each), the header as JSON, the elements of each leaf of each tree without padding, and the SHA-256 of all before it. Numbers are
/// little-endian, as they lie in memory.
/// </summary>
internal static class TreeFile
{
    private const int Version = 1;
    private const int PrefixBytes = 16;
    private const int ChunkBytes = 65536;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    private static ReadOnlySpan<byte> Magic => "FnOptim\n"u8;

    internal static Fin<Unit> Write<T>(string path, TreeFileHeader.Counters? state, params ParameterTree<T>[] trees)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        TreeLayout layout = trees[0].Layout;
        TreeFileHeader.LeafShape[] leaves = [.. layout.Leaves.Select(leaf => new TreeFileHeader.LeafShape(leaf.Name, [.. leaf.Shape]))];
        byte[] header = JsonSerializer.SerializeToUtf8Bytes(new TreeFileHeader(Element<T>(), leaves, state), Json);
        byte[] prefix = [.. Magic, .. new byte[PrefixBytes - Magic.Length]];
        BinaryPrimitives.WriteInt32LittleEndian(prefix.AsSpan(8), Version);
        BinaryPrimitives.WriteInt32LittleEndian(prefix.AsSpan(12), header.Length);
        return AtomicFile.Write(path, file =>
        {
            using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            Put(prefix);
            Put(header);
            foreach (ParameterTree<T> tree in trees)
            {
                foreach (Leaf leaf in layout.Leaves)
                {
                    for (ReadOnlySpan<T> rest = tree.AsSpan(leaf); !rest.IsEmpty; rest = rest[ChunkLength<T>(rest.Length)..])
                        Put(MemoryMarshal.AsBytes(rest[..ChunkLength<T>(rest.Length)]));
                }
            }

            file.Write(hash.GetHashAndReset());

            void Put(ReadOnlySpan<byte> bytes)
            {
                hash.AppendData(bytes);
                file.Write(bytes);
            }
        });
    }

    internal static Fin<(TreeFileHeader Header, ParameterTree<T>[] Trees)> Read<T>(string path)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        try
        {
            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            return Read<T>(file);
        }
        catch (Exception exception) when (FileFault.Is(exception))
        {
            return FileFault.Of("read", path, exception);
        }
    }

    /// <summary>Nothing is allocated for a size in the header before the length of the file has confirmed it.</summary>
    private static (TreeFileHeader Header, ParameterTree<T>[] Trees) Read<T>(FileStream file)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        long room = file.Length - PrefixBytes - SHA256.HashSizeInBytes;
        Require(room >= 0, $"its {file.Length} bytes are too few for a parameter file");
        byte[] prefix = new byte[PrefixBytes];
        Take(prefix);
        Require(prefix.AsSpan().StartsWith(Magic), "it is not a parameter file");
        int version = BinaryPrimitives.ReadInt32LittleEndian(prefix.AsSpan(8));
        Require(version == Version, $"its format has version {version}; this library reads version {Version}");
        int headerLength = BinaryPrimitives.ReadInt32LittleEndian(prefix.AsSpan(12));
        Require(headerLength >= 0 && headerLength <= room, $"it is truncated or corrupt: a header of {headerLength} bytes");
        byte[] headerBytes = new byte[headerLength];
        Take(headerBytes);
        TreeFileHeader header = JsonSerializer.Deserialize<TreeFileHeader>(headerBytes, Json)
            ?? throw new InvalidDataException("its header is empty");
        Require(header.Element == Element<T>(), $"it holds {header.Element} elements; {Element<T>()} elements were asked for");
        Require(
            header.State is null or
            {
                Updates: >= 0, SkippedSteps: >= 0, Slots: >= 0 and <= 1024,
                Others: { WithoutUpdate: >= 0, Gathered: >= 0, LeftOutInARow: >= 0 },
            },
            $"its counters are out of range: {header.State}");
        TreeLayout layout = TreeLayout.Of([.. header.Leaves.Select(leaf => (leaf.Name, leaf.Shape))]);
        long data = (long)layout.ParameterCount * Unsafe.SizeOf<T>() * header.TreeCount;
        Require(
            headerLength + data == room,
            $"it is truncated or corrupt: {room - headerLength} bytes of elements where the header asks for {data}");

        ParameterTree<T>[] trees = new ParameterTree<T>[header.TreeCount];
        for (int index = 0; index < trees.Length; index++)
        {
            TreeBuffer<T> buffer = layout.Rent<T>();
            foreach (Leaf leaf in layout.Leaves)
            {
                for (Span<T> rest = buffer.AsSpan(leaf); !rest.IsEmpty; rest = rest[ChunkLength<T>(rest.Length)..])
                    Take(MemoryMarshal.AsBytes(rest[..ChunkLength<T>(rest.Length)]));
            }

            trees[index] = buffer.ToTree();
        }

        byte[] checksum = new byte[SHA256.HashSizeInBytes];
        file.ReadExactly(checksum);
        Require(hash.GetHashAndReset().AsSpan().SequenceEqual(checksum), "it is corrupt: its checksum differs");
        return (header, trees);

        void Take(Span<byte> bytes)
        {
            file.ReadExactly(bytes);
            hash.AppendData(bytes);
        }
    }

    private static string Element<T>() => $"float{8 * Unsafe.SizeOf<T>()}";

    private static int ChunkLength<T>(int rest) => Math.Min(rest, ChunkBytes / Unsafe.SizeOf<T>());

    private static void Require(bool holds, string fault)
    {
        if (!holds) throw new InvalidDataException(fault);
    }
}
