using System.Numerics;
using LanguageExt;

namespace Functional.Optim.Training;

/// <summary>
/// Parameters in a file that describes itself: names, shapes, element type, the elements little-endian, a checksum. A file is
/// replaced as a whole or not at all.
/// </summary>
public static class ParameterFile
{
    /// <summary>Writes a tree, leaf by leaf, without a copy of it.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="tree">The parameters.</param>
    /// <param name="path">The file; its directory exists.</param>
    public static Fin<Unit> Save<T>(ParameterTree<T> tree, string path)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => TreeFile.Write(path, null, tree);

    /// <summary>Reads the parameters of a file, bit for bit; a <see cref="TrainStateFile"/> has some too.</summary>
    /// <typeparam name="T">float or double, as in the file.</typeparam>
    /// <param name="path">The file.</param>
    public static Fin<ParameterTree<T>> Load<T>(string path)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => TreeFile.Read<T>(path).Map(read => read.Trees[0]);
}
