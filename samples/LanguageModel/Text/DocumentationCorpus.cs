using System.Collections.Frozen;
using System.Runtime.InteropServices;
using System.Text;
using System.Xml;
using LanguageExt;
using LanguageExt.Common;

namespace LanguageModel;

/// <summary>
/// The .NET API documentation that every SDK installs, as a corpus: the prose of its XML files in ordinal order of
/// their names, one paragraph per line, without tags and without repeated lines, up to some three million characters.
/// </summary>
/// <remarks>
/// The characters are those of printable ASCII and the end of line, at most 96. A few other characters are
/// spelled out, the rest dropped.
/// </remarks>
public static class DocumentationCorpus
{
    private const int MaxCharacters = 3_000_000;
    private static readonly FrozenSet<string> Sections = ["summary", "remarks", "returns", "param", "exception"];
    private static readonly FrozenSet<string> Inline =
        ["see", "seealso", "xref", "paramref", "typeparamref", "c", "code", "a", "em", "strong", "sub", "sup"];

    /// <summary>The corpus of the SDK that runs this program, or an error with the searched folders.</summary>
    public static Fin<Corpus> FromSdk() => FromInstallations([.. Roots().Distinct()]);

    /// <summary>The corpus of the highest version in the first of some .NET installations that has any.</summary>
    public static Fin<Corpus> FromInstallations(params string[] roots) =>
        roots.SelectMany(Packs).Take(1).ToArray() is [(string version, string folder)]
            ? FromFolder($".NET {version} API documentation", folder)
            : Error.New("the .NET API documentation is not installed: no packs/Microsoft.NETCore.App.Ref with XML "
                + $"files in {string.Join(" or ", roots)}; give a text with --text FILE");

    /// <summary>The corpus of a folder of XML documentation files.</summary>
    public static Fin<Corpus> FromFolder(string source, string folder)
    {
        StringBuilder text = new();
        System.Collections.Generic.HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (string file in XmlFiles(folder))
        {
            try
            {
                using XmlReader reader = XmlReader.Create(file);
                while (text.Length < MaxCharacters && reader.Read())
                {
                    if (reader.NodeType != XmlNodeType.Element || !Sections.Contains(reader.Name)) continue;
                    StringBuilder prose = new();
                    Append(reader, prose);
                    string line = Plain(prose);
                    if (line.Length > 0 && seen.Add(line)) text.Append(line).Append('\n');
                }
            }
            catch (Exception exception) when (exception is XmlException or IOException or UnauthorizedAccessException)
            {
                return Error.New($"the documentation file '{file}' cannot be read: {exception.Message}");
            }
        }

        return text.Length > 0
            ? new Corpus(source, text.ToString())
            : Error.New($"the documentation files in '{folder}' have no prose; give a text with --text FILE");
    }

    /// <summary>
    /// The possible folders of a .NET installation: that of the running program, then those of the environment.
    /// </summary>
    private static IEnumerable<string> Roots()
    {
        yield return Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        string? root = Environment.GetEnvironmentVariable("DOTNET_ROOT");
        if (!string.IsNullOrEmpty(root)) yield return Path.GetFullPath(root);
        string program = OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet";
        string folders = Environment.GetEnvironmentVariable("PATH") ?? "";
        foreach (string folder in folders.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries))
        {
            FileInfo host = new(Path.Combine(folder, program));
            if (!host.Exists) continue;
            yield return Path.GetDirectoryName((host.ResolveLinkTarget(returnFinalTarget: true) ?? host).FullName)!;
        }
    }

    /// <summary>The reference packs of an installation that have documentation, the highest version first.</summary>
    private static IEnumerable<(string Version, string Folder)> Packs(string root)
    {
        string packs = Path.Combine(root, "packs", "Microsoft.NETCore.App.Ref");
        if (!Directory.Exists(packs)) return [];
        return from pack in new DirectoryInfo(packs).GetDirectories()
               let parts = pack.Name.Split('-', 2)
               let number = Version.TryParse(parts[0], out Version? version) ? version : new Version()
               orderby number descending, parts.Length, pack.Name descending
               let reference = Path.Combine(pack.FullName, "ref")
               where Directory.Exists(reference)
               from folder in Directory.GetDirectories(reference, "net*")
               where XmlFiles(folder).Any()
               select (pack.Name, folder);
    }

    private static IOrderedEnumerable<string> XmlFiles(string folder) =>
        Directory.GetFiles(folder, "*.xml").Order(StringComparer.Ordinal);

    /// <summary>
    /// Appends the prose of the element at the reader, and moves the reader to the end of the element.
    /// </summary>
    private static void Append(XmlReader reader, StringBuilder prose)
    {
        string? name = reader.GetAttribute("langword") ?? reader.GetAttribute("name")
            ?? ShortName(reader.GetAttribute("cref") ?? reader.GetAttribute("uid"));
        bool block = !Inline.Contains(reader.Name);
        if (block) prose.Append(' ');
        int before = prose.Length;
        if (!reader.IsEmptyElement)
        {
            while (reader.Read() && reader.NodeType != XmlNodeType.EndElement)
            {
                if (reader.NodeType == XmlNodeType.Element) Append(reader, prose);
                else prose.Append(reader.Value);
            }
        }

        if (!block && prose.Length == before) prose.Append(name);
        if (block) prose.Append(' ');
    }

    /// <summary>
    /// The short name: List for T:System.Collections.Generic.List`1, Int32.MaxValue for F:System.Int32.MaxValue.
    /// </summary>
    private static string? ShortName(string? reference)
    {
        if (reference is null) return null;
        string kind = reference is [_, ':', ..] ? reference[..1] : "T";
        string[] path =
        [
            .. reference[(reference.IndexOf(':') + 1)..].Split('(')[0].Split('.').Select(part => part.Split('`')[0]),
        ];
        return path[^1] == "#ctor" ? path[^2]
            : kind is "T" || path.Length == 1 ? path[^1]
            : $"{path[^2]}.{path[^1]}";
    }

    /// <summary>The prose in printable ASCII, with one blank for each run of white space.</summary>
    private static string Plain(StringBuilder prose)
    {
        StringBuilder plain = new(prose.Length);
        foreach (char character in prose.ToString())
        {
            if (char.IsWhiteSpace(character))
            {
                if (plain.Length > 0 && plain[^1] != ' ') plain.Append(' ');
            }
            else if (char.IsAscii(character))
            {
                if (!char.IsControl(character)) plain.Append(character);
            }
            else
            {
                plain.Append(character switch
                {
                    '≤' => "<=",
                    '≥' => ">=",
                    'π' => "pi",
                    'θ' => "theta",
                    '∞' => "infinity",
                    '’' => "'",
                    '–' => "-",
                    _ => "",
                });
            }
        }

        return plain.ToString().TrimEnd();
    }
}
