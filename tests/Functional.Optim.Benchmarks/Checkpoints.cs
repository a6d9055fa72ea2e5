using BenchmarkDotNet.Attributes;
using Functional.Optim.Training;

namespace Functional.Optim.Benchmarks;

/// <summary>
/// A checkpoint of 100 MB, against writing and flushing as many bytes; and how long it takes to load.
/// </summary>
public class Checkpoints
{
    private const int ParameterBytes = 100_000_000 / 3, PieceBytes = 1 << 20;

    private readonly string folder = Directory.CreateTempSubdirectory("functional-optim-benchmark-").FullName;
    private readonly byte[] piece = new byte[PieceBytes];
    private Checkpoint<float> checkpoint = null!;

    private string Plain => Path.Combine(folder, "plain");

    private string Saved => Path.Combine(folder, "saved");

    /// <summary>Makes parameters and moments.</summary>
    [GlobalSetup]
    public void SetUp()
    {
        new Random(1).NextBytes(piece);
        ParameterTree<float> parameters = TreeLayout.Of(("w", [ParameterBytes / sizeof(float)])).Zeros<float>();
        checkpoint = new(TrainState.Init(AdamW.Of(1e-3), parameters));
        CheckpointFile.Save(checkpoint, Saved);
    }

    /// <summary>Writes the bytes and flushes them.</summary>
    [Benchmark(Baseline = true)]
    public void WriteAndFlush()
    {
        using FileStream file = new(Plain, FileMode.Create, FileAccess.Write);
        for (long rest = new FileInfo(Saved).Length; rest > 0; rest -= PieceBytes)
            file.Write(piece, 0, (int)Math.Min(rest, PieceBytes));
        file.Flush(flushToDisk: true);
    }

    /// <summary>Saves the checkpoint.</summary>
    [Benchmark]
    public void Save() => CheckpointFile.Save(checkpoint, Saved);

    /// <summary>Loads it, with its checksum.</summary>
    [Benchmark]
    public void Load()
    {
        TrainState<float> state = CheckpointFile.Load<float>(Saved).ThrowIfFail().State;
        state.Parameters.Release();
        state.Optimizer.Release();
    }

    /// <summary>Removes the files.</summary>
    [GlobalCleanup]
    public void CleanUp() => Directory.Delete(folder, recursive: true);
}
