namespace CommandLine;

/// <summary>
/// Writes to a pipe in pieces that are taken whole or not at all, and waits where a pipe that does not block is full.
/// </summary>
/// <param name="pipe">The pipe.</param>
internal sealed class PipeStream(FileStream pipe) : Stream
{
    /// <summary>The length up to which POSIX promises that a piece is taken whole, on Linux 4096.</summary>
    private const int WholePiece = 512;

    private const int FullOnLinux = 11, FullOnMac = 35;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        for (int start = 0; start < buffer.Length; start += WholePiece)
            WritePiece(buffer.Slice(start, Math.Min(WholePiece, buffer.Length - start)));
    }

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private void WritePiece(ReadOnlySpan<byte> piece)
    {
        while (true)
        {
            try
            {
                pipe.Write(piece);
                return;
            }
            catch (IOException exception) when (exception.HResult is FullOnLinux or FullOnMac)
            {
                Thread.Sleep(Pause);
            }
        }
    }
}
