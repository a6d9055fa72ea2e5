using CommandLine;
using MiniGpt;

return await SteadyWriter.Run(
    (output, error) => new RunCommand(TrainingSession.Run, output, error).InvokeAsync(args));
