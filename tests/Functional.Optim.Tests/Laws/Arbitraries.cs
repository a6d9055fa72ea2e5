using FsCheck.Xunit;
using Functional.Optim.Tests.Laws;

[assembly: Properties(Arbitrary = [typeof(Problem)])]
