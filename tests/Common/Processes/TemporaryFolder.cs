namespace Functional.Optim.Tests.Processes;

/// <summary>A folder that is gone after the test.</summary>
public sealed class TemporaryFolder : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("functional-optim-test-");

    public string Root => folder.FullName;

    public string At(string name) => Path.Combine(Root, name);

    public string Write(string name, params byte[] bytes)
    {
        File.WriteAllBytes(At(name), bytes);
        return At(name);
    }

    public void Dispose() => folder.Delete(recursive: true);
}
