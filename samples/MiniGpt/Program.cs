using CommandLine;
using MiniGpt;

return await SteadyWriter.Run((output, error) => RankedProgram.Run(args, output, error));
