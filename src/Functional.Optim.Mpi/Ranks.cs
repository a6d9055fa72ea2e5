using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using LanguageExt;
using LanguageExt.Common;
using static MPI.Unsafe;

namespace Functional.Optim.Mpi;

/// <summary>
/// The processes of one run, its ranks, which <c>mpiexec</c> starts: this one's number, and what they do together.
/// </summary>
/// <remarks>
/// <para>
/// A collective is called by every rank, in the same order, with lengths that agree. It moves the bits of numbers of
/// 1, 2, 4 or 8 bytes between the memory of the spans, without copies of ours and without allocation.
/// </para>
/// <para>
/// No rank waits for a process that has gone. One that ends before <see cref="Complete"/> and
/// <see cref="Dispose"/>, by an exception, an early return or a signal, ends the job with its exit code, or 1; one that
/// is killed, mpiexec notices. An error inside MPI ends the job too.
/// </para>
/// <para>
/// Thread safety (MPI_THREAD_MULTIPLE): one thread at a time may call, and not always the same one; any thread may call
/// <see cref="Abort"/> at any time.
/// </para>
/// </remarks>
public sealed class Ranks : IRanks, IDisposable
{
    /// <summary>MPI_IN_PLACE, which MPI.NET lacks.</summary>
    private const nint InPlace = -1;

    /// <summary>For mpiexec to pass a message on; what it has not read yet when the job ends is lost.</summary>
    private static readonly TimeSpan MessageTime = TimeSpan.FromSeconds(0.5);

    private readonly int[] sendCounts, sendOffsets, receiveCounts, receiveOffsets;
    private bool isComplete, isClosed;

    private Ranks(int rank, int count)
    {
        (Rank, Count) = (rank, count);
        (sendCounts, sendOffsets) = (new int[count], new int[count]);
        (receiveCounts, receiveOffsets) = (new int[count], new int[count]);
    }

    /// <summary>One rank, which needs no MPI.</summary>
    public static Ranks Alone { get; } = new(0, 1);

    /// <summary>The number of this rank, from 0.</summary>
    public int Rank { get; }

    /// <summary>How many ranks there are.</summary>
    public int Count { get; }

    /// <summary>
    /// How many of them share this machine, as mpiexec tells (<c>MPI_LOCALNRANKS</c>); all where it does not.
    /// </summary>
    public int CountHere => Count == 1 ? 1 : Number("MPI_LOCALNRANKS") ?? Count;

    /// <summary>
    /// The bytes that this rank has sent to others: what they need of it. By which ways MPI sends them is not counted.
    /// </summary>
    public long BytesSent { get; private set; }

    /// <summary>
    /// Joins the ranks of the run where <c>mpiexec</c> started this process as one of several, as <c>PMI_SIZE</c> in its
    /// environment tells; otherwise it is <see cref="Alone"/>, and MPI need not be installed.
    /// </summary>
    /// <remarks>
    /// The library is that of MPICH, or another one of its ABI; the environment variable
    /// <c>FUNCTIONAL_OPTIM_MPI_LIBRARY</c> names one that is not at a usual place.
    /// </remarks>
    /// <returns>
    /// The ranks, to be disposed of, or the error: MPI is not installed, is another one than that of mpiexec, or was
    /// opened before in this process.
    /// </returns>
    public static Fin<Ranks> TryOpen()
    {
        // Open MPI does not set the variables of the others.
        if (Number("PMI_SIZE") is not { } started)
        {
            return Number("OMPI_COMM_WORLD_SIZE") > 1
                ? Error.New("This process was started by the mpiexec of Open MPI: start it by that of MPICH "
                    + "(Debian and Ubuntu: mpiexec.mpich).")
                : Alone;
        }

        return started <= 1 ? Alone : MpiLibrary.Load().Bind(_ => Open(started));
    }

    /// <summary>
    /// Each rank sends a range of <paramref name="send"/> to each, and receives one from each, in the order of ranks.
    /// </summary>
    /// <typeparam name="T">A type of 1, 2, 4 or 8 bytes.</typeparam>
    /// <param name="send">What is sent.</param>
    /// <param name="sendStarts">
    /// <see cref="Count"/> + 1 bounds, none below the one before: rank r is sent from the r-th to the next.
    /// </param>
    /// <param name="receive">What is received; it must not overlap what is sent.</param>
    /// <param name="receiveStarts">
    /// The bounds of what is received: from the r-th to the next comes from rank r, as much as it sends to this one. Where
    /// that differs, MPI may end the job, or not notice.
    /// </param>
    /// <exception cref="ArgumentException">The bounds are not those of the spans, or the spans overlap.</exception>
    /// <exception cref="NotSupportedException">The type has another size.</exception>
    /// <exception cref="ObjectDisposedException">The ranks are disposed of.</exception>
    public unsafe void AllToAll<T>(
        ReadOnlySpan<T> send, ReadOnlySpan<int> sendStarts, Span<T> receive, ReadOnlySpan<int> receiveStarts)
        where T : unmanaged
    {
        int type = Begin<T>();
        SetRanges(sendStarts, send.Length, sendCounts, sendOffsets, nameof(sendStarts));
        SetRanges(receiveStarts, receive.Length, receiveCounts, receiveOffsets, nameof(receiveStarts));
        if (send.Overlaps(receive)) throw new ArgumentException("It overlaps what is sent.", nameof(receive));
        if (sendCounts[Rank] != receiveCounts[Rank])
            throw new ArgumentException(
                $"This rank sends itself {sendCounts[Rank]} and receives {receiveCounts[Rank]} of them.",
                nameof(receiveStarts));
        if (Count == 1)
        {
            send.Slice(sendOffsets[0], sendCounts[0]).CopyTo(receive[receiveOffsets[0]..]);
            return;
        }

        fixed (T* from = send, to = receive)
        {
            _ = MPI_Alltoallv(
                (nint)from, sendCounts, sendOffsets, type, (nint)to, receiveCounts, receiveOffsets, type,
                MPI_COMM_WORLD);
        }

        AddSent<T>(sendStarts[^1] - sendStarts[0] - sendCounts[Rank], copies: 1);
    }

    /// <summary>Each rank has its own range of an array, and gets those of the others, in place.</summary>
    /// <typeparam name="T">A type of 1, 2, 4 or 8 bytes.</typeparam>
    /// <param name="whole">The array.</param>
    /// <param name="starts">
    /// <see cref="Count"/> + 1 bounds, none below the one before and the same on every rank: rank r has from the r-th to
    /// the next.
    /// </param>
    /// <exception cref="ArgumentException">The bounds are not those of the span.</exception>
    /// <exception cref="NotSupportedException">The type has another size.</exception>
    /// <exception cref="ObjectDisposedException">The ranks are disposed of.</exception>
    public unsafe void AllGather<T>(Span<T> whole, ReadOnlySpan<int> starts)
        where T : unmanaged
    {
        int type = Begin<T>();
        SetRanges(starts, whole.Length, receiveCounts, receiveOffsets, nameof(starts));
        if (Count == 1) return;
        fixed (T* to = whole)
            _ = MPI_Allgatherv(InPlace, 0, type, (nint)to, receiveCounts, receiveOffsets, type, MPI_COMM_WORLD);
        AddSent<T>(receiveCounts[Rank], copies: Count - 1);
    }

    /// <summary>One rank sends the same to all others.</summary>
    /// <typeparam name="T">A type of 1, 2, 4 or 8 bytes.</typeparam>
    /// <param name="values">What is sent or received, of the same length on every rank.</param>
    /// <param name="from">The rank that sends.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such rank.</exception>
    /// <exception cref="NotSupportedException">The type has another size.</exception>
    /// <exception cref="ObjectDisposedException">The ranks are disposed of.</exception>
    public unsafe void Broadcast<T>(Span<T> values, int from = 0)
        where T : unmanaged
    {
        int type = Begin<T>();
        ArgumentOutOfRangeException.ThrowIfNegative(from);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(from, Count);
        if (Count == 1) return;
        fixed (T* first = values) _ = MPI_Bcast((nint)first, values.Length, type, from, MPI_COMM_WORLD);
        if (Rank == from) AddSent<T>(values.Length, copies: Count - 1);
    }

    /// <summary>Waits until every rank is here.</summary>
    /// <exception cref="ObjectDisposedException">The ranks are disposed of.</exception>
    public void Barrier()
    {
        ObjectDisposedException.ThrowIf(isClosed, this);
        if (Count > 1) _ = MPI_Barrier(MPI_COMM_WORLD);
    }

    /// <summary>
    /// Compares what has to be the same on every rank, such as versions, options and the digest of a text.
    /// </summary>
    /// <param name="values">Values by name.</param>
    /// <returns>The same on every rank: the error names what differs, with the values and their ranks.</returns>
    /// <exception cref="ObjectDisposedException">The ranks are disposed of.</exception>
    public Fin<Unit> RequireSame(IReadOnlyDictionary<string, string> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        return RankDifferences.In(
        [
            .. this.AllGather(JsonSerializer.Serialize(values, RankValuesJson.Default.IReadOnlyDictionaryStringString))
                .Select(text => JsonSerializer.Deserialize(text, RankValuesJson.Default.DictionaryStringString)!),
        ]);
    }

    /// <summary>
    /// Ends the job: prints one message to the error output, and ends this process and those of all other ranks.
    /// </summary>
    /// <param name="message">Why.</param>
    /// <param name="exitCode">The exit code of the job, not 0.</param>
    [DoesNotReturn]
    public void Abort(string message, int exitCode = 1)
    {
        try
        {
            // The console of a program may be another writer, or none.
            using StreamWriter error = new(Console.OpenStandardError());
            error.WriteLine($"Rank {Rank} of {Count} ends the job: {message}");
        }
        catch (IOException)
        {
            // The job ends, whether its output can be written or not.
        }

        if (!isClosed && Count > 1)
        {
            isClosed = true;
            Thread.Sleep(MessageTime);
            _ = MPI_Abort(MPI_COMM_WORLD, exitCode);
        }

        Environment.Exit(exitCode);
    }

    /// <summary>
    /// Says that this rank has done its work, which lets <see cref="Dispose"/> leave the others. Ranks that stop early
    /// have to agree on it before: one that leaves while others are in a collective makes all wait.
    /// </summary>
    public void Complete() => isComplete = true;

    /// <summary>
    /// Leaves the others, and waits until they leave too, where the work is complete. Otherwise nothing is done yet: the
    /// end of this process ends the job, after it had time to tell why.
    /// </summary>
    public void Dispose()
    {
        if (Count == 1 || isClosed || !isComplete) return;
        isClosed = true;
        AppDomain.CurrentDomain.UnhandledException -= OnUnhandledException;
        AppDomain.CurrentDomain.ProcessExit -= OnProcessExit;
        _ = MPI_Finalize();
    }

    private static unsafe Fin<Ranks> Open(int started)
    {
        _ = MPI_Initialized(out int isOpen);
        if (isOpen != 0) return Error.New("MPI was opened before in this process, which it can be once only.");
        int argumentCount = 0;
        byte** arguments = null;
        _ = MPI_Init_thread(ref argumentCount, ref arguments, MPI_THREAD_MULTIPLE, out int level);
        _ = MPI_Comm_rank(MPI_COMM_WORLD, out int rank);
        _ = MPI_Comm_size(MPI_COMM_WORLD, out int count);
        if (count == started && level == MPI_THREAD_MULTIPLE)
        {
            Ranks ranks = new(rank, count);
            AppDomain.CurrentDomain.UnhandledException += ranks.OnUnhandledException;
            AppDomain.CurrentDomain.ProcessExit += ranks.OnProcessExit;
            return ranks;
        }

        _ = MPI_Finalize();
        return Error.New(count == started
            ? "This MPI does not let several threads call it (MPI_THREAD_MULTIPLE)."
            : $"mpiexec started {started} processes, and MPI finds {count}: mpiexec is not that of this MPI library.");
    }

    private static int? Number(string variable) => int.TryParse(
        Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out int number)
        ? number
        : null;

    private void OnUnhandledException(object sender, UnhandledExceptionEventArgs error) =>
        Abort($"unhandled exception: {error.ExceptionObject}");

    private void OnProcessExit(object? sender, EventArgs none)
    {
        int exitCode = Environment.ExitCode;
        if (!isClosed) Abort("its process ends before the work is complete.", exitCode == 0 ? 1 : exitCode);
    }

    /// <summary>Checks that the ranks are open.</summary>
    /// <returns>A datatype of MPI of the size of the type, as only the bits are moved.</returns>
    private unsafe int Begin<T>()
        where T : unmanaged
    {
        ObjectDisposedException.ThrowIf(isClosed, this);
        return sizeof(T) switch
        {
            1 => MPI_BYTE,
            2 => MPI_UNSIGNED_SHORT,
            4 => MPI_UNSIGNED,
            8 => MPI_UNSIGNED_LONG_LONG,
            int size => throw new NotSupportedException(
                $"{typeof(T)} has {size} bytes; allowed are types of 1, 2, 4 and 8 bytes."),
        };
    }

    private void SetRanges(ReadOnlySpan<int> starts, int length, int[] counts, int[] offsets, string name)
    {
        if (starts.Length != Count + 1)
            throw new ArgumentException(
                $"There are {starts.Length} bounds; allowed are {Count + 1}, one more than ranks.", name);
        if (starts[0] < 0 || starts[Count] > length)
            throw new ArgumentException(
                $"The bounds are from {starts[0]} to {starts[Count]}; allowed is 0 to {length}.", name);
        for (int rank = 0; rank < Count; rank++)
        {
            (offsets[rank], counts[rank]) = (starts[rank], starts[rank + 1] - starts[rank]);
            if (counts[rank] < 0)
                throw new ArgumentException(
                    $"Bound {rank + 1} is {starts[rank + 1]}, below the one before, {starts[rank]}.", name);
        }
    }

    private unsafe void AddSent<T>(int length, int copies)
        where T : unmanaged => BytesSent += (long)length * sizeof(T) * copies;
}
