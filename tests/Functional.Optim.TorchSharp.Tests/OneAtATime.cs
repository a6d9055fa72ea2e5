// What TorchSharp counts, and the number of its threads, are those of the process.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
