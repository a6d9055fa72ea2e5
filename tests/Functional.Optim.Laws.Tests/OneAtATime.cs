// The law Threads sets the limit of the whole process, and one of the wrong optimizers here looks at it.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
