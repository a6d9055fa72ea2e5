using FsCheck.Xunit;
using Functional.Optim.Laws;

[assembly: Properties(Arbitrary = [typeof(Problem)])]
