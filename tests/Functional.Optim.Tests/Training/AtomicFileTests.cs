using System.Runtime.Versioning;
using Functional.Optim.Tests.Processes;
using Functional.Optim.Training;
using LanguageExt;

namespace Functional.Optim.Tests.Training;

public sealed class AtomicFileTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly string path;

    public AtomicFileTests() => path = folder.At("file");

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(243)]
    [InlineData(255)]
    public void A_name_may_be_as_long_as_the_file_system_allows(int length)
    {
        string named = folder.At(new string('p', length));
        foreach (byte content in (byte[])[1, 2])
        {
            Assert.True(Put(named, content).IsSucc);
            Assert.Equal([content], File.ReadAllBytes(named));
        }

        Assert.Single(Directory.GetFileSystemEntries(folder.Root));
    }

    [ShellFact]
    [UnsupportedOSPlatform("windows")]
    public void The_file_keeps_its_mode()
    {
        const UnixFileMode own = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        const UnixFileMode others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;
        foreach (UnixFileMode mode in (UnixFileMode[])[own, UnixFileMode.UserRead, own | others])
        {
            folder.Write("file", 0);
            File.SetUnixFileMode(path, mode);
            Assert.True(Put(path, 1).IsSucc);
            Assert.Equal((mode, 1), (File.GetUnixFileMode(path), new FileInfo(path).Length));
            File.Delete(path);
        }
    }

    [Fact]
    public void A_link_is_followed_also_to_a_missing_file_and_one_to_a_folder_is_rejected()
    {
        string link = folder.At("link"), second = folder.At("second");
        File.CreateSymbolicLink(link, path);
        File.CreateSymbolicLink(second, link);
        foreach (byte content in (byte[])[1, 2])
        {
            Assert.True(Put(second, content).IsSucc);
            Assert.Equal((path, link), (new FileInfo(link).LinkTarget, new FileInfo(second).LinkTarget));
            Assert.Null(new FileInfo(path).LinkTarget);
            Assert.Equal([content], File.ReadAllBytes(path));
        }

        string inner = Directory.CreateDirectory(folder.At("inner")).FullName, toFolder = folder.At("to folder");
        Directory.CreateSymbolicLink(toFolder, inner);
        Assert.Contains("it is a directory", ErrorOf(Put(toFolder, 1)), StringComparison.Ordinal);
        Assert.Equal(inner, new FileInfo(toFolder).LinkTarget);
        string loop = folder.At("loop");
        File.CreateSymbolicLink(loop, loop);
        ErrorOf(Put(loop, 1));
    }

    [ShellFact]
    [UnsupportedOSPlatform("windows")]
    public void A_pipe_and_a_device_are_rejected_without_waiting()
    {
        using (System.Diagnostics.Process made = System.Diagnostics.Process.Start("mkfifo", path)) made.WaitForExit();
        string link = folder.At("link");
        File.CreateSymbolicLink(link, path);
        foreach (string special in (string[])[path, link, "/dev/null", "/dev/zero"])
        {
            Assert.Contains(
                "it is a pipe, a device or a socket",
                ErrorOf(ParameterFile.Load<float>(special)),
                StringComparison.Ordinal);
            Assert.Contains("it is a pipe, a device or a socket", ErrorOf(Put(special, 1)), StringComparison.Ordinal);
        }

        Assert.Equal([path, link], Directory.GetFileSystemEntries(folder.Root).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_temporary_file_of_a_killed_process_is_removed_unless_it_is_young_or_open_or_of_another_file()
    {
        string[] left = [Abandoned(path), Abandoned(path), Abandoned(path), Abandoned(folder.At("other"))];
        foreach (string old in left[1..]) File.SetLastWriteTimeUtc(old, DateTime.UtcNow.AddHours(-1));
        using (new FileStream(left[2], FileMode.Open, FileAccess.Write, FileShare.None))
        {
            File.SetLastWriteTimeUtc(left[2], DateTime.UtcNow.AddHours(-1));
            Assert.True(Put(path, 1).IsSucc);
        }

        Assert.Equal(
            new[] { path, left[0], left[2], left[3] }.Order(StringComparer.Ordinal),
            Directory.GetFileSystemEntries(folder.Root).Order(StringComparer.Ordinal));

        // A copy of the temporary file as it is while the file is being written.
        string Abandoned(string of)
        {
            string? name = null;
            AtomicFile.Write(of, file => name = file.Name);
            File.Delete(of);
            File.WriteAllBytes(name!, [9]);
            return name!;
        }
    }

    [Fact]
    public void A_writer_may_close_its_stream_and_one_that_fails_leaves_nothing()
    {
        Assert.True(AtomicFile.Write(path, file =>
        {
            file.WriteByte(1);
            file.Close();
        }).IsSucc);
        Assert.Equal([1], File.ReadAllBytes(path));
        Assert.Contains(
            "no room",
            ErrorOf(AtomicFile.Write(path, _ => throw new IOException("no room"))),
            StringComparison.Ordinal);
        Assert.Equal([1], File.ReadAllBytes(path));
        Assert.Single(Directory.GetFileSystemEntries(folder.Root));
        foreach (string none in (string[])["", "\0", new('p', 5000)]) ErrorOf(Put(none, 1));
    }

    private static Fin<Unit> Put(string at, byte content) => AtomicFile.Write(at, file => file.WriteByte(content));

    private static string ErrorOf<T>(Fin<T> result)
    {
        string message = result.Match(Succ: _ => "no error", Fail: error => error.Message);
        Assert.StartsWith("Cannot ", message, StringComparison.Ordinal);
        Assert.DoesNotContain("(Parameter", message, StringComparison.Ordinal);
        return message;
    }
}
