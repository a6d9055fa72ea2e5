using System.Numerics;
using LanguageExt;

namespace Functional.Optim.Training;

/// <summary>
/// Parameters in a self-describing file: names, shapes, element type, little-endian elements and a checksum. A
/// file is replaced completely or not at all.
/// </summary>
public static class ParameterFile
{
    /// <summary>Writes a tree, leaf by leaf, without copying it.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="tree">The parameters.</param>
    /// <param name="path">The path of the file; its directory must exist.</param>
    /// <returns>Unit, or the error.</returns>
    public static Fin<Unit> Save<T>(ParameterTree<T> tree, string path)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => TreeFile.Write(path, null, tree);

    /// <summary>
    /// Reads the parameters of a file, with the same bits. The file may be a <see cref="TrainStateFile"/> too.
    /// </summary>
    /// <typeparam name="T">float or double, as in the file.</typeparam>
    /// <param name="path">The path of the file.</param>
    /// <returns>The parameters, or the error.</returns>
    public static Fin<ParameterTree<T>> Load<T>(string path)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => TreeFile.Read<T>(path).Map(read => read.Trees[0]);
}
