using System.Collections.Immutable;

namespace Pipelines;

/// <summary>A pipeline as the command line knows it.</summary>
/// <param name="Name">The name of its command.</param>
/// <param name="Shows">What it shows, in one line.</param>
/// <param name="Run">Writes what it does. It takes the file that was given, if any.</param>
public sealed record Pipeline(string Name, string Shows, Func<TextWriter, string?, CancellationToken, Task> Run)
{
    /// <summary>What its file is; <see langword="null"/> where it takes none.</summary>
    public string? File { get; init; }

    /// <summary>All of them, in the order in which they run.</summary>
    public static ImmutableArray<Pipeline> All { get; } =
    [
        new("async-scan", "A step folded over an endless asynchronous stream of readings",
            (output, _, cancellation) => AsyncScan.Run(output, cancellation)),
        new("speculative-branches", "Three learning rates tried at once from one state; the best branch is kept",
            (output, _, cancellation) => SpeculativeBranches.Run(output, cancellation)),
        new("parallel-search", "Sixteen pairs of rate and decay searched on all cores, from one start",
            (output, _, cancellation) => ParallelSearch.Run(output, cancellation: cancellation)),
        new("channel-actor", "An actor owns the state: gradients of four workers, snapshots as it runs",
            (output, _, cancellation) => ChannelActor.Run(output, cancellation)),
        new("mathnet-model", "A model in matrices of Math.NET: damage of O-rings by temperature",
            (output, _, cancellation) => MathNetModel.Run(output, cancellation)),
        new("onnx-parameters", "Parameters of an ONNX file, fine-tuned in groups by name and saved back",
            (output, file, cancellation) => OnnxParameters.Run(output, file, cancellation))
        {
            File = "ONNX file with the parameters of model.onnx; NAME.tuned.onnx is written beside it "
                + "[default: model.onnx beside the program]",
        },
        new("lbfgs-regression", "L-BFGS on Longley's data, beside the values that NIST certifies",
            (output, _, cancellation) => LbfgsRegression.Run(output, cancellation)),
    ];
}
