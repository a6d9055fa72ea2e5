using System.Numerics;
using LanguageExt;

namespace Functional.Optim.Training;

/// <summary>
/// Parameters as a safetensors file, under the names of their leaves, with their order and a checksum in the metadata.
/// Other libraries read it, and it reads theirs. A file is replaced completely or not at all.
/// </summary>
public static class ParameterFile
{
    /// <summary>Writes a tree from its memory, without a copy, or throws.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="tree">The parameters.</param>
    /// <param name="path">The path of the file; its directory must exist.</param>
    /// <exception cref="IOException">The file cannot be written; the message says why.</exception>
    public static void Save<T>(ParameterTree<T> tree, string path)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => TrySave(tree, path).OrThrowIOException();

    /// <summary>Writes a tree from its memory, without a copy.</summary>
    /// <inheritdoc cref="Save{T}"/>
    /// <returns>Unit, or the error.</returns>
    public static Fin<Unit> TrySave<T>(ParameterTree<T> tree, string path)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => CheckpointFile.TrySave(tree, checkpoint: null, path);

    /// <summary>
    /// Writes a tree with 2 bytes for an element, BF16, rounded to the nearest, or throws. After a step with
    /// <see cref="BFloat16Parameters"/> nothing is lost.
    /// </summary>
    /// <inheritdoc cref="Save{T}"/>
    public static void SaveInBFloat16(ParameterTree<float> tree, string path) =>
        TrySaveInBFloat16(tree, path).OrThrowIOException();

    /// <summary>
    /// Writes a tree with 2 bytes for an element, BF16, rounded to the nearest. After a step with
    /// <see cref="BFloat16Parameters"/> nothing is lost.
    /// </summary>
    /// <inheritdoc cref="TrySave{T}"/>
    public static Fin<Unit> TrySaveInBFloat16(ParameterTree<float> tree, string path) =>
        CheckpointFile.TrySave(tree.Layout, () => CheckpointWriter.InBFloat16(tree), path);

    /// <summary>
    /// Reads the parameters of a file, with the same bits. It may be a checkpoint (<see cref="CheckpointFile"/>), or a
    /// safetensors file of another library, whose tensors are taken in the order of their elements.
    /// </summary>
    /// <typeparam name="T">
    /// float or double, as in the file; elements of 16 bits, BF16 and F16, are widened to float.
    /// </typeparam>
    /// <param name="path">The path of the file.</param>
    /// <returns>The parameters, or the error.</returns>
    public static Fin<ParameterTree<T>> Load<T>(string path)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => CheckpointFile.Open(
            path, file => CheckpointReader.Parameters<T>(file, CheckpointContent.Of(file)));
}
