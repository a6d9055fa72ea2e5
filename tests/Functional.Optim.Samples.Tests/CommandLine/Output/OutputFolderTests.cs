using CommandLine;
using Functional.Optim.Tests.Processes;

namespace Functional.Optim.Samples.Tests.CommandLine.Output;

public sealed class OutputFolderTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_missing_folder_is_made_with_its_parents_and_left_empty()
    {
        DirectoryInfo made = OutputFolder.Prepare(folder.At("a/b")).Value();
        Assert.True(made.Exists);
        Assert.Empty(made.EnumerateFileSystemInfos());
    }

    [Fact]
    public void A_file_in_the_way_is_refused()
    {
        string path = folder.Write("file", 0);
        Assert.Equal($"the output folder '{path}' is a file; allowed is a folder",
            OutputFolder.Prepare(path).ErrorOf());
        Assert.StartsWith($"the output folder '{path}/below' cannot be written: ",
            OutputFolder.Prepare($"{path}/below").ErrorOf());
    }
}
