using System.Collections.Immutable;
using System.Globalization;
using Functional.Optim;
using Functional.Optim.Training;
using LanguageExt;
using LanguageExt.Common;
using LanguageModel;

namespace MiniGpt;

/// <summary>The checklist of the configuration of a run, from the newest checkpoint of its folder.</summary>
public static class ConfigurationCheck
{
    /// <summary>The checklist in lines; or one line that says why there is none.</summary>
    /// <param name="folder">The path of the folder.</param>
    public static ImmutableArray<string> Of(string folder) => CheckpointFolder.Find(folder)
        .Bind(CheckpointFile.Describe)
        .Bind(Check)
        .Match(
            Succ: static items => [.. items.Select(static item => $"{item}").Prepend("checklist of the configuration")],
            Fail: static error => ImmutableArray.Create($"the configuration is not checked: {error.Message}"));

    private static Fin<ImmutableArray<ChecklistItem>> Check(CheckpointDescription file)
    {
        if (file.State is not { } state) return Error.New("the file has parameters only");
        return from preset in First(Preset.FromSettings(state.Configuration))
               from optimizer in First(SavedOptimizer.Of(state.OptimizerText, preset, state.Configuration))
               from items in Check(file, state, preset, optimizer)
               select items;
    }

    private static Fin<ImmutableArray<ChecklistItem>> Check(
        CheckpointDescription file, CheckpointDescription.StateDescription state, Preset preset, Optimizer optimizer)
    {
        try
        {
            TreeLayout layout = TreeLayout.Of(
            [
                .. file.Parameters.Select(tensor =>
                    (tensor.Name, tensor.Shape.Select(size => checked((int)size)).ToArray())),
            ]);
            return Checklist.Of(
                optimizer, layout, preset.Steps,
                Integer(SavedRun.EvaluateEvery) is { } every and > 0 ? preset.Steps / every : null,
                Math.Max(Integer(SavedRun.EarlyStop) ?? 0, 0), (long)preset.BatchSize * preset.Context);
        }
        catch (Exception exception) when (exception is ArgumentException or OverflowException)
        {
            return Error.New(exception.Message);
        }

        long? Integer(string name) => long.TryParse(
            state.Configuration.GetValueOrDefault(name), NumberStyles.None, CultureInfo.InvariantCulture,
            out long value) ? value : null;
    }

    private static Fin<T> First<T>(Validation<Error, T> outcome) =>
        outcome.Match(Succ: Fin<T>.Succ, Fail: static errors => errors.Head);
}
