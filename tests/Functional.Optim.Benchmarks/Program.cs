using BenchmarkDotNet.Running;
using Functional.Optim.Benchmarks.Growth;
using Functional.Optim.Benchmarks.Profile;
using Functional.Optim.Benchmarks.Quick;
using Functional.Optim.Benchmarks.Scaling;

if (args is [QuickCommand.Word, .. var rest]) return await QuickCommand.Run(rest, Console.Out, Console.Error);
if (args is [GrowthCommand.Word, .. var sizes]) return await GrowthCommand.Run(sizes, Console.Out, Console.Error);
if (args is [ProfileCommand.Word, .. var turns]) return await ProfileCommand.Run(turns, Console.Out, Console.Error);
if (args is [ScalingCommand.Word, .. var inputs]) return await ScalingCommand.Run(inputs);
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
return 0;
