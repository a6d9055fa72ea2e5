using Functional.Optim.Tests.Laws;

[assembly: SeededProperties]
