using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Functional.Optim;
using Functional.Optim.Training;

// Prints the bits that steps lead to. Natively compiled it prints the same lines as under the JIT; which of the two it
// is, goes to the error output.
Console.Error.WriteLine(RuntimeFeature.IsDynamicCodeSupported ? "with a JIT" : "natively compiled");

const int steps = 5;
Schedule schedule = Schedule.WarmupCosine(3e-3, 2, 10, 3e-4);
Partition partition = Partition.Of(
    new("matrices", leaf => leaf.Rank >= 2, Sgd.Of(0.01, momentum: 0.9, nesterov: true)),
    new("rest", _ => true, Clip.ByGlobalNorm(0.5).Then(AdamW.Of(1e-3))));
(string Name, Optimizer Optimizer)[] compositions =
[
    (
        "four transforms",
        Clip.ByGlobalNorm(1)
            .Then(Adam.Scaling(beta2: 0.95))
            .Then(WeightDecay.Decoupled(0.1))
            .Then(LearningRate.Of(schedule))),
    ("partition", partition),
    ("partition after a clip, with an average", Clip.ByGlobalNorm(1).Then(partition).Then(Lookahead.Of(every: 2))),
    ("accumulate", Accumulate.Of(2, AdamW.Of(schedule))),
    ("skips of non-finite gradients", ApplyIfFinite.Around(Lamb.Of(1e-3))),
    (
        "fifty transforms",
        Enumerable.Range(0, 50).Aggregate(Composition.Identity, (chain, _) => chain.Then(Scale.By(1.01)))),
];
foreach ((string name, Optimizer optimizer) in compositions) Print(name, optimizer);

// The values of options without a default.
Dictionary<string, string> needed = new()
{
    ["learningRate"] = "cosine(peak=0.01, totalSteps=20)",
    ["optimizer"] = "sgd(learningRate=0.1)",
    ["inner"] = "adamW(learningRate=0.01)",
    ["schedule"] = "0.1",
    ["maximum"] = "1",
    ["limit"] = "0.5",
    ["variance"] = "0.01",
    ["seed"] = "3",
    ["coefficient"] = "0.9",
    ["base"] = "adamW(learningRate=0.01)",
    ["decay"] = "0.9",
    ["factor"] = "0.5",
    ["weightDecay"] = "0.1",
    ["matches"] = "matrices",
    ["every"] = "2",
    ["start"] = "2",
};
ImmutableArray<CatalogueEntry<Optimizer>> entries = [.. Catalogue.Optimizers, .. Catalogue.Transforms];
foreach (CatalogueEntry<Optimizer> entry in entries)
{
    string text =
        $"{entry.Name}({string.Join(", ", entry.Options.Where(option => option.Default is null).Select(Given))})";
    entries.Build(text).Match(
        Succ: optimizer => Print(
            text, entry.Name is "muon" or "norMuon" or "orthogonalize" ? ForMatrices(optimizer) : optimizer),
        Fail: errors => throw new InvalidOperationException($"{text}: {errors}"));
}

PrintFile(partition);
foreach (StateFormat format in (StateFormat[])[StateFormat.BFloat16, StateFormat.Float8, StateFormat.Int8])
{
    Optimizer optimizer = AdamW.Of(1e-3).WithState(format);
    Print($"{optimizer}", optimizer);
    PrintFile(optimizer);
}

// A checkpoint has the same bytes, and is read as it was written; nothing of it depends on reflection.
static void PrintFile(Optimizer optimizer)
{
    string path = Path.Combine(Directory.CreateTempSubdirectory("functional-optim-aot-").FullName, "checkpoint");
    try
    {
        ParameterTree<float> parameters = Numbers<float>(1);
        OptimizerState<float> state = optimizer.Init(parameters);
        (parameters, state) = optimizer.Step(parameters, Numbers<float>(2), state);
        Checkpoint<float> saved = new(new(parameters, state))
        {
            OptimizerText = $"{optimizer}",
            Memory = ImmutableSortedDictionary<string, string>.Empty.Add("vocabulary", "abc\nθ"),
        };
        CheckpointFile.Save(saved, path);
        Checkpoint<float> loaded = CheckpointFile.Load<float>(path, optimizer).ThrowIfFail();
        bool same = loaded.State == saved.State && loaded.Memory["vocabulary"] == saved.Memory["vocabulary"];
        Console.WriteLine(
            $"checkpoint of {optimizer}: {(same ? "the same" : "other")} state, "
            + Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(path)))[..16]);
    }
    finally
    {
        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
    }
}

string Given(CatalogueOption option) => $"{option.Name}={needed[option.Name]}";

// Only matrices can be orthogonalized.
static Optimizer ForMatrices(Optimizer optimizer) => Partition.Of(
    new("matrices", leaf => leaf.Rank >= 2, optimizer), new("rest", _ => true, Sgd.Of(0.01)));

static void Print(string name, Optimizer optimizer)
{
    Console.WriteLine($"{name}, float: {Bits<float>(optimizer)}");
    Console.WriteLine($"{name}, double: {Bits<double>(optimizer)}");
}

static string Bits<T>(Optimizer optimizer)
    where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
{
    ParameterTree<T> parameters = Numbers<T>(1);
    OptimizerState<T> state = optimizer.Init(parameters);
    for (int step = 1; step <= steps; step++)
        (parameters, state) = optimizer.StepDonating(parameters, Numbers<T>(step + 1), state);
    return Convert.ToHexString(MemoryMarshal.AsBytes(parameters.AsSpan("matrix")[..3])) + " "
        + Convert.ToHexString(MemoryMarshal.AsBytes(parameters.AsSpan("vector")[^1..])) + " "
        + Convert.ToHexString(
            System.Security.Cryptography.SHA256.HashData(MemoryMarshal.AsBytes(parameters.AsSpan())))[..16];
}

static ParameterTree<T> Numbers<T>(int seed)
    where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T> =>
    ParameterTree.Of(
        Leaf.Of("matrix", [17, 31], Wave<T>(seed, 17 * 31)),
        Leaf.Of("vector", [33], Wave<T>(-seed, 33)),
        Leaf.Of("cube", [2, 3, 5], Wave<T>(seed, 30)));

static T[] Wave<T>(int seed, int length)
    where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T> =>
    [
        .. Enumerable.Range(0, length)
            .Select(index => T.CreateTruncating(((seed * 7919) + (index * 104729) % 1009) % 257 / 64.0)),
    ];
