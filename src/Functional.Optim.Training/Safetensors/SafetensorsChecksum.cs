using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace Functional.Optim.Training;

/// <summary>The checksum of an open file: SHA-256 over all of it, with zeros in the place of its own digits.</summary>
internal static class SafetensorsChecksum
{
    private const int PieceBytes = 1 << 18;

    /// <summary>The digits.</summary>
    /// <param name="handle">The file.</param>
    /// <param name="digitsAt">Where in it the digits stand.</param>
    internal static string Of(SafeFileHandle handle, long digitsAt)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] piece = new byte[PieceBytes];
        long length = RandomAccess.GetLength(handle);
        for (long at = 0; at < length; at += piece.Length)
        {
            Span<byte> next = piece.AsSpan(0, (int)Math.Min(piece.Length, length - at));
            FileRange.Read(handle, next, at);
            long from = Math.Max(0, digitsAt - at);
            long to = Math.Min(next.Length, digitsAt + SafetensorsHeader.ChecksumDigits - at);
            if (from < to) next[(int)from..(int)to].Fill((byte)'0');
            hash.AppendData(next);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
