using System.Collections.Immutable;
using System.Globalization;
using TorchSharp;

namespace Functional.Optim.TorchSharp;

/// <summary>
/// The buffers of a module, such as the running statistics of a BatchNorm, as texts in a checkpoint: a run that resumes
/// needs them too.
/// </summary>
internal static class ModuleBuffers
{
    private const string Prefix = "torch.buffer.";

    /// <summary>The texts by name: type, shape and bytes.</summary>
    internal static ImmutableSortedDictionary<string, string> Of(torch.nn.Module module)
    {
        ImmutableSortedDictionary<string, string>.Builder texts =
            ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach ((string name, torch.Tensor buffer) in Buffers(module))
        {
            using torch.Tensor copy = buffer.detach().cpu().contiguous();
            texts[Prefix + name] = $"{Header(buffer)} {Convert.ToBase64String(copy.bytes)}";
        }

        return texts.ToImmutable();
    }

    /// <summary>Reads the buffers, and returns what writes them to the module.</summary>
    /// <exception cref="ArgumentException">A buffer is lacking, or has another type or shape.</exception>
    internal static Action Read(torch.nn.Module module, ImmutableSortedDictionary<string, string> texts)
    {
        List<(torch.Tensor Buffer, byte[] Bytes)> read = [];
        foreach ((string name, torch.Tensor buffer) in Buffers(module))
        {
            string header = Header(buffer);
            if (!texts.TryGetValue(Prefix + name, out string? text))
                throw new ArgumentException($"It lacks the buffer '{name}' of the module, {header}.");
            int end = text.LastIndexOf(' ');
            if (end < 0 || text[..end] != header)
            {
                throw new ArgumentException(
                    $"Its buffer '{name}' is {(end < 0 ? "damaged" : text[..end])}; that of the module is {header}.");
            }

            byte[] bytes = new byte[buffer.NumberOfElements * buffer.ElementSize];
            if (!Convert.TryFromBase64Chars(text.AsSpan(end + 1), bytes, out int length) || length != bytes.Length)
                throw new ArgumentException($"Its buffer '{name}' is damaged; expected are {bytes.Length} bytes.");
            read.Add((buffer, bytes));
        }

        return () =>
        {
            using IDisposable noGradient = torch.no_grad();
            foreach ((torch.Tensor buffer, byte[] bytes) in read)
            {
                using torch.Tensor copy = torch.empty(buffer.shape, buffer.dtype, torch.CPU);
                copy.bytes = bytes;
                TensorMemory.Copy(copy, buffer);
            }
        };
    }

    private static IEnumerable<(string Name, torch.Tensor Buffer)> Buffers(torch.nn.Module module) =>
        module.named_buffers(recurse: true, include_nonpersistent: false);

    private static string Header(torch.Tensor buffer) => string.Create(
        CultureInfo.InvariantCulture, $"{buffer.dtype}{TorchTree.Text(buffer.shape)}");
}
