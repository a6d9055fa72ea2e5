using FsCheck.Xunit;
using Functional.Optim.Laws;
using Functional.Optim.Tests.Laws;

[assembly: SeededProperties(Arbitrary = [typeof(Problem)])]
