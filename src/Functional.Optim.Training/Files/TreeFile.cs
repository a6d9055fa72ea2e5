using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using LanguageExt;
using LanguageExt.Common;

namespace Functional.Optim.Training;

/// <summary>
/// The format of <see cref="ParameterFile"/> and <see cref="TrainStateFile"/>: a magic number (8 bytes), the
/// version and the header length (32 bits each), the header as JSON, the elements of each leaf of each tree
/// without padding, and the SHA-256 of everything before it. Numbers are little-endian. A reader trusts
/// nothing before it has verified the checksum.
/// </summary>
internal static class TreeFile
{
    private const int Version = 1;
    private const int PrefixBytes = 16;
    private const int ChunkBytes = 65536;

    /// <summary>The maximum number of slots that a reader accepts.</summary>
    private const int MaxSlots = 4096;

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
        TreeFileHeader.LeafShape[]?[] slotLeaves =
            [.. trees.Skip(1).Select(slot => layout.Equals(slot.Layout) ? null : ShapesOf(slot.Layout))];
        if (slotLeaves.Any(slot => slot is not null)) state = state! with { SlotLeaves = slotLeaves };
        TreeFileHeader content = new(Element<T>(), ShapesOf(layout), state);
        byte[] header = JsonSerializer.SerializeToUtf8Bytes(content, Json);
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
                foreach (Leaf leaf in tree.Layout.Leaves)
                {
                    ReadOnlySpan<T> rest = tree.AsSpan(leaf);
                    for (; !rest.IsEmpty; rest = rest[ChunkLength<T>(rest.Length)..])
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
            using FileStream file = new(RegularFile.At(path), FileMode.Open, FileAccess.Read, FileShare.Read);
            return Read<T>(file);
        }
        catch (Exception exception) when (FileErrors.IsOfFile(exception))
        {
            return FileErrors.Of("read", path, exception);
        }
    }

    /// <summary>
    /// Before the checksum is verified, the allocated memory does not depend on the file; after it, it
    /// is proportional to the length of the file.
    /// </summary>
    private static (TreeFileHeader Header, ParameterTree<T>[] Trees) Read<T>(FileStream file)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        long available = file.Length - PrefixBytes - SHA256.HashSizeInBytes;
        Require(available >= 0, $"its {file.Length} bytes are too few for a parameter file");
        byte[] prefix = new byte[PrefixBytes];
        file.ReadExactly(prefix);
        Require(prefix.AsSpan().StartsWith(Magic), "it is not a parameter file");
        int version = BinaryPrimitives.ReadInt32LittleEndian(prefix.AsSpan(8));
        Require(version == Version, $"its format has version {version}; this library reads version {Version}");
        int headerLength = BinaryPrimitives.ReadInt32LittleEndian(prefix.AsSpan(12));
        Require(
            headerLength >= 0 && headerLength <= available,
            $"it is truncated or corrupt: a header of {headerLength} bytes");
        Require(HasItsChecksum(file), "it is truncated or corrupt: its checksum differs");

        file.Position = PrefixBytes;
        TreeFileHeader header = ReadHeader(file, headerLength);
        Require(
            header.Element == Element<T>(),
            $"it holds {header.Element} elements; {Element<T>()} elements were requested");
        Require(header.State?.AreInRange(MaxSlots) != false, $"its counters are out of range: {header.State}");
        Require(
            header.State?.NameEachSlot != false,
            $"it has {header.State?.Slots} slots and names for {header.State?.SlotNames?.Length}");
        Require(header.State?.IsComplete != false, "its header does not describe every slot and scalar");
        TreeLayout layout = LayoutOf(header.Leaves);
        TreeLayout[] layouts =
        [
            layout,
            .. Enumerable.Range(0, header.TreeCount - 1)
                .Select(slot => header.State?.SlotLeaves?[slot] is { } own ? LayoutOf(own) : layout),
        ];
        bool areStarts = header.State?.SlotStarts is not { } starts
            || starts.Zip(layouts.Skip(1)).All(pair => header.State.AreStarts(pair.Item1, pair.Item2.Leaves.Length));
        Require(areStarts, "the starts of its slots do not match their leaves");
        long data = layouts.Sum(tree => (long)tree.ParameterCount) * Unsafe.SizeOf<T>();
        Require(
            headerLength + data == available,
            $"it is truncated or corrupt: it has {available - headerLength} bytes of elements, "
            + $"but its header describes {data}");

        ParameterTree<T>[] trees = new ParameterTree<T>[header.TreeCount];
        for (int index = 0; index < trees.Length; index++)
        {
            TreeBuffer<T> buffer = layouts[index].Rent<T>();
            foreach (Leaf leaf in buffer.Layout.Leaves)
            {
                Span<T> rest = buffer.AsSpan(leaf);
                for (; !rest.IsEmpty; rest = rest[ChunkLength<T>(rest.Length)..])
                    file.ReadExactly(MemoryMarshal.AsBytes(rest[..ChunkLength<T>(rest.Length)]));
            }

            trees[index] = buffer.ToTree();
        }

        return (header, trees);
    }

    private static TreeFileHeader.LeafShape[] ShapesOf(TreeLayout layout) =>
        [.. layout.Leaves.Select(leaf => new TreeFileHeader.LeafShape(leaf.Name, [.. leaf.Shape]))];

    private static TreeLayout LayoutOf(TreeFileHeader.LeafShape[] leaves)
    {
        foreach ((string name, int[] shape) in leaves)
        {
            int negative = Array.FindIndex(shape, size => size < 0);
            Require(negative < 0, $"the leaf '{name}' has the negative size {(negative < 0 ? 0 : shape[negative])}");
        }

        return TreeLayout.Of([.. leaves.Select(leaf => (leaf.Name, leaf.Shape))]);
    }

    private static bool HasItsChecksum(FileStream file)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] chunk = new byte[ChunkBytes], checksum = new byte[SHA256.HashSizeInBytes];
        file.Position = 0;
        for (long rest = file.Length - checksum.Length; rest > 0;)
        {
            Span<byte> next = chunk.AsSpan(0, (int)Math.Min(rest, chunk.Length));
            file.ReadExactly(next);
            hash.AppendData(next);
            rest -= next.Length;
        }

        file.ReadExactly(checksum);
        return hash.GetHashAndReset().AsSpan().SequenceEqual(checksum);
    }

    private static TreeFileHeader ReadHeader(FileStream file, int length)
    {
        byte[] bytes = new byte[length];
        file.ReadExactly(bytes);
        return JsonSerializer.Deserialize<TreeFileHeader>(bytes, Json)
            ?? throw new InvalidDataException("its header is empty");
    }

    private static string Element<T>() => $"float{8 * Unsafe.SizeOf<T>()}";

    private static int ChunkLength<T>(int rest) => Math.Min(rest, ChunkBytes / Unsafe.SizeOf<T>());

    private static void Require(bool holds, string error)
    {
        if (!holds) throw new InvalidDataException(error);
    }
}
