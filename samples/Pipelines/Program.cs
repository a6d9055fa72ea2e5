using CommandLine;
using Pipelines;

return await SteadyWriter.Run((output, error) => new PipelinesCommand(output, error).InvokeAsync(args));
