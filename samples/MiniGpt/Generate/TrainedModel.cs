using System.Collections.Immutable;
using Functional.Optim;
using Functional.Optim.Kernels;
using Functional.Optim.Training;
using LanguageExt;
using LanguageExt.Common;
using LanguageModel;

namespace MiniGpt;

/// <summary>A trained model as a checkpoint of a run has it: all that it takes to write a text.</summary>
/// <param name="Model">The model.</param>
/// <param name="Parameters">Its parameters: the average, where the optimizer keeps one.</param>
/// <param name="Tokenizer">The tokenizer that it was trained with.</param>
/// <param name="Refused">Why newer checkpoints were refused, one line for each.</param>
public sealed record TrainedModel(
    GptModel Model, ParameterTree<float> Parameters, Tokenizer Tokenizer, ImmutableArray<string> Refused)
{
    private const string BestFile = "best.safetensors";

    /// <summary>
    /// Loads a checkpoint: a file, or of a folder the newest good one; the best one where there is no other, or where
    /// it is asked for.
    /// </summary>
    /// <param name="path">The path of the file or the folder.</param>
    /// <param name="best">Whether the best one of the folder is asked for.</param>
    /// <returns>The model, or the error in one line.</returns>
    public static Fin<TrainedModel> Load(string path, bool best) => Find(path, best).Bind(found =>
        Of(found).BiMap(Succ: static made => made, Fail: error => Error.New($"'{found.Path}' {error.Message}")));

    private static Fin<FoundCheckpoint<float>> Find(string path, bool best)
    {
        if (!Directory.Exists(path))
            return best ? Error.New($"--best is of a folder; '{path}' is none") : File(path);
        string bestFile = Path.Combine(path, BestFile);
        if (best) return File(bestFile);
        Fin<FoundCheckpoint<float>> newest = CheckpointFolder.NewestIn<float>(path);
        return newest.IsFail && System.IO.File.Exists(bestFile) ? File(bestFile) : newest;

        static Fin<FoundCheckpoint<float>> File(string path) => CheckpointFile.Load<float>(path)
            .Map(checkpoint => new FoundCheckpoint<float>(path, checkpoint, []));
    }

    private static Fin<TrainedModel> Of(FoundCheckpoint<float> found)
    {
        Checkpoint<float> checkpoint = found.Checkpoint;
        if (!checkpoint.Memory.TryGetValue(SavedRun.Tokens, out string? tokens)
            || !checkpoint.Memory.TryGetValue(SavedRun.Vocabulary, out string? vocabulary))
            return Error.New("is no checkpoint of MiniGpt: it has no vocabulary");
        return from preset in OneLine(Preset.FromSettings(checkpoint.Configuration))
               from tokenizer in Tokenizer.Parse(tokens, vocabulary)
               from optimizer in OneLine(SavedOptimizer.Of(checkpoint.OptimizerText, preset, checkpoint.Configuration))
               from made in Make(checkpoint.State, preset, tokenizer, optimizer)
               select new TrainedModel(made.Model, made.Parameters, tokenizer, found.Refused);
    }

    private static Fin<(GptModel Model, ParameterTree<float> Parameters)> Make(
        TrainState<float> state, Preset preset, Tokenizer tokenizer, Optimizer optimizer)
    {
        try
        {
            // The seed is of the start and of the dropout, and here there is neither.
            GptModel model = new(preset, tokenizer.VocabularySize, seed: 0);
            TreeLayout layout = state.Parameters.Layout;
            if (!model.Layout.Equals(layout)) return Error.New(
                "is a checkpoint of another model: its leaves are not those of its configuration");
            optimizer.RequireState(state.Optimizer, layout);
            ParameterTree<float> parameters = optimizer.EvaluationParameters(state.Parameters, state.Optimizer);
            foreach (Leaf leaf in layout.Leaves)
            {
                if (!double.IsFinite(BlockReduction.Norm(parameters.AsSpan(leaf)))) return Error.New(
                    $"cannot write a text: an element of its leaf '{leaf.Name}' is not finite");
            }

            return (model, parameters);
        }
        catch (ArgumentException exception)
        {
            return Error.New($"does not fit its configuration: {exception.Message}");
        }
    }

    private static Fin<T> OneLine<T>(Validation<Error, T> outcome) => outcome.Match(
        Succ: Fin<T>.Succ,
        Fail: static errors => Error.New(
            $"has another configuration: {string.Join("; ", errors.Map(error => error.Message))}"));
}
