using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Functional.Optim.Kernels;
using Functional.Optim.Training;

namespace MiniGpt;

/// <summary>The norm √Σ|x|² of a tensor in a file, for each element type; NaN where an element is.</summary>
public static class TensorNorm
{
    private const int PieceBytes = 1 << 18;

    /// <summary>Computes the norm in double, piece by piece.</summary>
    /// <param name="file">The file.</param>
    /// <param name="tensor">A tensor of it.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static double Of(SafetensorsFile file, TensorDescription tensor)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(tensor);
        byte[] piece = new byte[Math.Min(PieceBytes, tensor.ByteCount)];
        double[] values = new double[piece.Length];
        double norm = 0;
        for (long start = 0; start < tensor.ByteCount; start += piece.Length)
        {
            Span<byte> bytes = piece.AsSpan(0, (int)Math.Min(piece.Length, tensor.ByteCount - start));
            file.Read(tensor, bytes, start);
            double next = BlockReduction.Norm<double>(values.AsSpan(0, Decode(tensor.Type, bytes, values)));
            norm = double.IsNaN(norm) || double.IsNaN(next) ? double.NaN : double.Hypot(norm, next);
        }

        return norm;
    }

    /// <summary>Decodes elements, a complex one as two numbers.</summary>
    /// <returns>How many numbers there are.</returns>
    private static int Decode(TensorType type, ReadOnlySpan<byte> bytes, Span<double> values) => type switch
    {
        TensorType.F64 => Convert<double>(bytes, values),
        TensorType.F32 or TensorType.C64 => Convert<float>(bytes, values),
        TensorType.F16 => Convert<Half>(bytes, values),
        TensorType.BF16 => Each<ushort>(
            bytes, values, static code => BitConverter.UInt32BitsToSingle((uint)code << 16)),
        TensorType.I64 => Convert<long>(bytes, values),
        TensorType.U64 => Convert<ulong>(bytes, values),
        TensorType.I32 => Convert<int>(bytes, values),
        TensorType.U32 => Convert<uint>(bytes, values),
        TensorType.I16 => Convert<short>(bytes, values),
        TensorType.U16 => Convert<ushort>(bytes, values),
        TensorType.I8 => Convert<sbyte>(bytes, values),
        // The upper half of a Half.
        TensorType.F8E5M2 => Each<byte>(
            bytes, values, static code => (double)BitConverter.UInt16BitsToHalf((ushort)(code << 8))),
        TensorType.F8E4M3 => Each<byte>(bytes, values, E4M3),
        TensorType.F8E8M0 => Each<byte>(
            bytes, values, static code => code == byte.MaxValue ? double.NaN : Math.ScaleB(1, code - 127)),
        _ => Convert<byte>(bytes, values),
    };

    /// <summary>
    /// The magnitude of 8 bits: 4 of exponent with bias 7, 3 of mantissa, no infinity (arXiv:2209.05433).
    /// </summary>
    private static double E4M3(byte code)
    {
        (int exponent, int mantissa) = ((code >> 3) & 15, code & 7);
        return (exponent, mantissa) switch
        {
            (15, 7) => double.NaN,
            (0, _) => Math.ScaleB(mantissa, -9),
            _ => Math.ScaleB(8 + mantissa, exponent - 10),
        };
    }

    private static int Convert<T>(ReadOnlySpan<byte> bytes, Span<double> values)
        where T : unmanaged, INumberBase<T>
    {
        ReadOnlySpan<T> elements = MemoryMarshal.Cast<byte, T>(bytes);
        TensorPrimitives.ConvertTruncating(elements, values);
        return elements.Length;
    }

    private static int Each<T>(ReadOnlySpan<byte> bytes, Span<double> values, Func<T, double> valueOf)
        where T : unmanaged
    {
        ReadOnlySpan<T> codes = MemoryMarshal.Cast<byte, T>(bytes);
        for (int index = 0; index < codes.Length; index++) values[index] = valueOf(codes[index]);
        return codes.Length;
    }
}
