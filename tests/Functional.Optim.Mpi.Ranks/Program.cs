using System.Diagnostics;
using System.Globalization;
using Functional.Optim.Mpi;
using Functional.Optim.Tests.Ranks;
using LanguageExt;

// A program whose ranks do what its argument says; those that wait do so for the one that ends.
Fin<Ranks> opened = Ranks.TryOpen();
if (opened.IsFail)
{
    opened.IfFail(error => Console.Error.WriteLine(error.Message));
    return 2;
}

using Ranks ranks = opened.ThrowIfFail();
const int Ending = 1;
bool ends = ranks.Rank == Ending;
switch (args[0])
{
    case "collectives":
        long sent = Collectives.Check(ranks);
        Console.WriteLine($"rank {ranks.Rank} of {ranks.Count} sent {ranks.BytesSent} of {sent} bytes");
        break;
    case "same":
        Dictionary<string, string> values = new()
        {
            ["version"] = "1.0",
            ["--seed"] = string.Create(CultureInfo.InvariantCulture, $"{(ends ? 8 : 7)}"),
        };
        if (ends) values["text"] = "a; b";
        Console.WriteLine(ranks.RequireSame(values).Match(Succ: _ => "the same", Fail: error => error.Message));
        break;
    case "again":
        Console.WriteLine(Ranks.TryOpen().Match(Succ: _ => "open", Fail: error => error.Message));
        ranks.Complete();
        ranks.Dispose();
        try
        {
            ranks.Barrier();
        }
        catch (ObjectDisposedException)
        {
            Console.WriteLine("disposed of");
        }

        break;
    case "exceptions":
        Console.WriteLine($"{Caught(() => args[0][..Zero()].Length / Zero())} {Caught(() => Null()!.Length)}");
        break;
    case "throw":
        if (ends) throw new InvalidOperationException("a rank that throws");
        ranks.Barrier();
        break;
    case "throw-aside":
        // Another thread throws, while this one waits in a collective for the others.
        if (!ends) Thread.Sleep(Timeout.Infinite);
        new Thread(() => throw new InvalidOperationException("a thread that throws")).Start();
        ranks.Barrier();
        break;
    case "return":
        if (ends)
        {
            Console.Error.WriteLine("a rank that returns");
            return 7;
        }

        ranks.Barrier();
        break;
    case "return-0":
        if (ends) return 0;
        ranks.Barrier();
        break;
    case "abort":
        if (ends) ranks.Abort("a rank that aborts", exitCode: 9);
        ranks.Barrier();
        break;
    case "send-more":
        // Each sends two numbers to each, and this rank receives one from those before it.
        int[] starts = [.. Enumerable.Range(0, ranks.Count + 1).Select(rank => 2 * rank)],
            receiveStarts = [.. starts.Select(start => ends && start > 0 ? start - Ending : start)];
        ranks.AllToAll<long>(new long[starts[^1]], starts, new long[starts[^1]], receiveStarts);
        break;
    case "kill":
        Console.WriteLine($"process {Environment.ProcessId}");
        ranks.Barrier();
        // What mpiexec has not read yet when the job ends is lost.
        Thread.Sleep(TimeSpan.FromSeconds(0.5));
        if (ends) Process.GetCurrentProcess().Kill();
        ranks.Barrier();
        break;
    case ['t', 'r', 'a', 'i', 'n', ':', .. string optimizer]:
        (string result, double sentInStep, double bound, double share) = 
            TrainedModel.Train(ranks, () => ranks.BytesSent, optimizer);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{result} | {sentInStep} | {bound} | {share}"));
        break;
    case ['c', 'o', 'u', 'n', 't', ':', .. string optimizer]:
        CountedRanks counted = new(ranks.Rank, ranks.Count);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{TrainedModel.Train(ranks, () => ranks.BytesSent, optimizer).SentInStep} | "
            + $"{TrainedModel.Train(counted, () => counted.BytesSent, optimizer).SentInStep}"));
        break;
    default:
        throw new ArgumentException($"There is no '{args[0]}'.");
}

ranks.Complete();
return 0;

static string Caught(Func<int> action)
{
    try
    {
        return $"{action()}";
    }
    catch (Exception exception) when (exception is DivideByZeroException or NullReferenceException)
    {
        return exception.GetType().Name;
    }
}

int Zero() => args.Length - args.Length;

string? Null() => args.Length == 0 ? "" : null;
