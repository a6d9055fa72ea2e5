using System.Globalization;
using LanguageExt;
using MiniGpt;

return await new RunCommand(Run, Console.Out, Console.Error).InvokeAsync(args);

static Task<int> Run(RunOptions options, CancellationToken cancellation) =>
    (from corpus in options.TextFile is { } file ? Corpus.FromFile(file) : DocumentationCorpus.FromSdk()
     from text in TokenizedText.Of(corpus, options.Preset.Context)
     from folder in OutputFolder.Prepare(options.OutputFolder)
     select (text, folder))
    .Match(
        Succ: ready => Train(options, ready.text, ready.folder, cancellation),
        Fail: fault => Refuse(fault.Message));

static async Task<int> Refuse(string fault)
{
    await Console.Error.WriteLineAsync(fault);
    return RunCommand.WrongUse;
}

static async Task<int> Train(RunOptions options, TokenizedText text, DirectoryInfo folder, CancellationToken cancellation)
{
    (Corpus corpus, Preset preset, int vocabulary) = (text.Corpus, options.Preset, text.Tokenizer.Vocabulary.Length);
    await Console.Out.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
        $"""
        text        {corpus.Source}: {text.Training.Length:N0} characters and {text.Validation.Length:N0} held out, {vocabulary} different
        model       {preset.Name}: {preset.ParameterCount(vocabulary):N0} parameters
        files       {folder.FullName}
        """).AsMemory(), cancellation);
    return RunCommand.Success;
}
