using BenchmarkDotNet.Running;
using Functional.Optim.Benchmarks.Quick;

if (args is [QuickCommand.Word, .. var rest]) return QuickCommand.Run(rest);
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
return 0;
