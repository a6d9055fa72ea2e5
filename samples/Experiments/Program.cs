using CommandLine;
using Experiments;
using LanguageExt;

return await SteadyWriter.Run((output, error) => new ExperimentsCommand(List, Run, output, error).InvokeAsync(args));

static int List()
{
    ScreenText.Write(
        Table.Of("experiments", "The experiments, in the order of the source text", ExperimentCatalogue.All)
            .Text("name", experiment => experiment.Name)
            .Text("section", experiment => experiment.Section)
            .Text("what it shows", experiment => experiment.Title),
        Console.Out);
    Console.Out.WriteLine("run NAME runs one, run all runs all; run NAME --help explains one and its options");
    return ExitCode.Success;
}

static int Run(RunRequest request, CancellationToken cancellation) =>
    request.OutputFolder is { } path
        ? OutputFolder.Prepare(path).Match(
            Succ: folder => RunAll(request, new ReportFolder(folder), cancellation),
            Fail: error => Refuse(error.Message, ExitCode.WrongUse))
        : RunAll(request, null, cancellation);

static int RunAll(RunRequest request, ReportFolder? folder, CancellationToken cancellation)
{
    (string page, int code) = ("", ExitCode.Success);
    if (!request.LeftOut.IsEmpty)
        Console.Error.WriteErrorLine($"left out: {Words.And(request.LeftOut)}; run all --long runs long ones too");
    Console.Out.Write(request.Format.Before);
    foreach (PreparedExperiment experiment in request.Experiments)
    {
        cancellation.ThrowIfCancellationRequested();
        ExperimentRun run = RunProgress.Show(
            experiment.Experiment.Name, progress => experiment.Run(request.Seed, progress, cancellation));
        if (experiment != request.Experiments[0]) Console.Out.Write(request.Format.Between);
        request.Format.Write(run, Console.Out);
        if (folder is null) continue;
        // An experiment whose files cannot be written does not stop the others.
        folder.Write(run)
            .Match(Succ: path => page = path, Fail: error => code = Refuse(error.Message, ExitCode.Failure));
    }

    Console.Out.Write(request.Format.After);
    if (page.Length > 0 && request.Format == ReportFormat.All[0]) Console.Out.WriteLine($"\nfiles: {page}");
    return code;
}

static int Refuse(string error, int code)
{
    Console.Error.WriteErrorLine(error);
    return code;
}
