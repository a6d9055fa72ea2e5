using LanguageExt;

namespace Functional.Optim.Training;

/// <summary>
/// A safetensors file that several processes write together, in a folder that all see: each what it has of the tensors,
/// the first one the header and, when all have written, the checksum. It has the bytes of a file that one writes.
/// </summary>
internal static class SharedSafetensors
{
    /// <summary>Writes a file completely or not at all; all processes call it.</summary>
    /// <returns>Unit, or the first error, on every process.</returns>
    internal static Fin<Unit> TrySave(IRanks ranks, string path, Fin<SafetensorsContent> made)
    {
        UnfinishedFile? unfinished = null;
        try
        {
            return ranks.Share(made).Bind(content => ranks
                .ByFirst(() => FileErrors.Try("write", path, () =>
                {
                    unfinished = UnfinishedFile.Beside(path);
                    using FileStream file = unfinished.Create();
                    content.WriteHeader(file);
                    return unfinished.Path;
                }))
                .Bind(temporary => ranks.Share(FileErrors.Try("write", path, () =>
                {
                    using FileStream file = Open(temporary);
                    content.WriteOwn(file);
                    file.Flush(flushToDisk: true);
                    return temporary;
                })))
                .Bind(temporary => ranks.ByFirst(() => FileErrors.Try("write", path, () =>
                {
                    using (FileStream file = Open(temporary)) content.WriteChecksum(file);
                    unfinished!.Complete();
                    return path;
                })))
                .Map(_ => Unit.Default));
        }
        finally
        {
            unfinished?.Dispose();
        }
    }

    private static FileStream Open(string path) =>
        new(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
}
