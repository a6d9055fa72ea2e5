using System.Numerics;
using TorchSharp;
using TorchSharp.Modules;

namespace Functional.Optim.TorchSharp;

/// <summary>
/// Parameter trees from tensors and back, by name: for pure steps beside a module. Every method copies.
/// </summary>
public static class TorchTree
{
    /// <summary>The parameters of a module, in its order.</summary>
    /// <param name="module">The module; its parameters are of the type Float32.</param>
    /// <exception cref="ArgumentException">A parameter is of another type, or the names or shapes make no
    /// tree.</exception>
    public static ParameterTree<float> Of(torch.nn.Module module) => Of<float>(module);

    /// <summary>The parameters of a module, in its order.</summary>
    /// <typeparam name="T">float, or double for parameters of the types Float32 and Float64.</typeparam>
    /// <param name="module">The module.</param>
    /// <exception cref="ArgumentException">A parameter is of another type, or the names or shapes make no
    /// tree.</exception>
    public static ParameterTree<T> Of<T>(torch.nn.Module module)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Of<T>(Named(module));

    /// <summary>Tensors by name, such as a state dictionary, in its order.</summary>
    /// <param name="tensors">The tensors, of the type Float32.</param>
    /// <exception cref="ArgumentException">A tensor is of another type, or names or shapes make no tree.</exception>
    public static ParameterTree<float> Of(IEnumerable<KeyValuePair<string, torch.Tensor>> tensors) =>
        Of<float>(tensors);

    /// <summary>Tensors by name, such as a state dictionary, in its order.</summary>
    /// <typeparam name="T">float, or double for tensors of the types Float32 and Float64.</typeparam>
    /// <param name="tensors">The tensors.</param>
    /// <exception cref="ArgumentException">A tensor is of another type, or names or shapes make no tree.</exception>
    public static ParameterTree<T> Of<T>(IEnumerable<KeyValuePair<string, torch.Tensor>> tensors)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(tensors);
        KeyValuePair<string, torch.Tensor>[] all = [.. tensors];
        TreeLayout layout = TreeLayout.Of(
            [.. all.Select(named => (named.Key, ShapeOf<T>("tensor", named.Key, named.Value)))]);
        TreeBuffer<T> tree = layout.Rent<T>();
        foreach (Leaf leaf in layout.Leaves) TensorMemory.Read(all[leaf.Index].Value, tree.AsSpan(leaf));
        return tree.ToTree();
    }

    /// <summary>The gradients of the parameters of a module, in its order; zeros where there is none.</summary>
    /// <param name="module">The module; its parameters are of the type Float32.</param>
    /// <exception cref="ArgumentException">A gradient is sparse or of another type.</exception>
    public static ParameterTree<float> GradientsOf(torch.nn.Module module) => GradientsOf<float>(module);

    /// <summary>The gradients of the parameters of a module, in its order; zeros where there is none.</summary>
    /// <typeparam name="T">float, or double for parameters of the types Float32 and Float64.</typeparam>
    /// <param name="module">The module.</param>
    /// <exception cref="ArgumentException">A gradient is sparse or of another type.</exception>
    public static ParameterTree<T> GradientsOf<T>(torch.nn.Module module)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        KeyValuePair<string, torch.Tensor>[] all = [.. Named(module)];
        TreeLayout layout = TreeLayout.Of(
            [.. all.Select(named => (named.Key, ShapeOf<T>("parameter", named.Key, named.Value)))]);
        TreeBuffer<T> tree = layout.Rent<T>();
        foreach (Leaf leaf in layout.Leaves)
        {
            using torch.Tensor? gradient = all[leaf.Index].Value.grad;
            if (gradient is null) continue;
            ShapeOf<T>("gradient of", leaf.Name, gradient);
            TensorMemory.Read(gradient, tree.AsSpan(leaf));
        }

        return tree.ToTree();
    }

    /// <summary>Writes a tree to the parameters of a module, by name. If it throws, nothing has changed.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="tree">The tree.</param>
    /// <param name="module">The module; parameters that the tree does not have stay.</param>
    /// <exception cref="ArgumentException">The module lacks a leaf, or has it with another shape or type.</exception>
    public static void CopyTo<T>(this ParameterTree<T> tree, torch.nn.Module module)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => tree.CopyTo(Named(module));

    /// <summary>
    /// Writes a tree to tensors, by name, such as those of a state dictionary. If it throws, nothing has changed.
    /// </summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="tree">The tree.</param>
    /// <param name="tensors">The tensors; those that the tree does not have stay.</param>
    /// <exception cref="ArgumentException">A leaf is lacking, or has another shape or type.</exception>
    public static void CopyTo<T>(
        this ParameterTree<T> tree, IEnumerable<KeyValuePair<string, torch.Tensor>> tensors)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(tensors);
        Dictionary<string, torch.Tensor> byName = new(tensors, StringComparer.Ordinal);
        foreach (Leaf leaf in tree.Layout.Leaves)
        {
            if (!byName.TryGetValue(leaf.Name, out torch.Tensor? tensor))
            {
                throw new ArgumentException(
                    $"The tree has the leaf {leaf}; there is no tensor of that name among {byName.Count}.",
                    nameof(tensors));
            }

            if (!ShapeOf<T>("tensor", leaf.Name, tensor).AsSpan().SequenceEqual(leaf.Shape.AsSpan()))
            {
                throw new ArgumentException(
                    $"The tensor '{leaf.Name}' has the shape {Text(tensor.shape)}; the leaf is {leaf}.",
                    nameof(tensors));
            }
        }

        foreach (Leaf leaf in tree.Layout.Leaves) TensorMemory.Write(tree.AsSpan(leaf), byName[leaf.Name]);
    }

    /// <summary>The parameters of a module by name.</summary>
    internal static IEnumerable<KeyValuePair<string, torch.Tensor>> Named(torch.nn.Module module)
    {
        ArgumentNullException.ThrowIfNull(module);
        return module.named_parameters().Select(
            ((string Name, Parameter Parameter) named) =>
                KeyValuePair.Create<string, torch.Tensor>(named.Name, named.Parameter));
    }

    /// <summary>The shape of a tensor that can be a leaf of T.</summary>
    /// <exception cref="ArgumentException">It cannot.</exception>
    internal static int[] ShapeOf<T>(string role, string name, torch.Tensor tensor)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (tensor is null || tensor.IsInvalid)
            throw new ArgumentException($"The {role} '{name}' is {(tensor is null ? "null" : "disposed")}.");
        if (tensor.is_sparse) throw new ArgumentException($"The {role} '{name}' is sparse; allowed is a dense tensor.");
        if (tensor.device_type == DeviceType.META)
            throw new ArgumentException($"The {role} '{name}' is on the device meta, which has no elements.");
        if (!TensorMemory.Holds<T>(tensor.dtype))
        {
            string allowed = typeof(T) == typeof(float) ? "Float32" : "Float32 and Float64";
            string hint = tensor.dtype == torch.ScalarType.Float64 ? "; ask for double (Of<double>)" : "";
            throw new ArgumentException(
                $"The {role} '{name}' is of the type {tensor.dtype}; allowed for {typeof(T).Name} is {allowed}{hint}.");
        }

        long[] shape = tensor.shape;
        return Array.TrueForAll(shape, size => size <= int.MaxValue)
            ? [.. shape.Select(size => (int)size)]
            : throw new ArgumentException(
                $"The {role} '{name}' has the shape {Text(shape)}; allowed are sizes up to {int.MaxValue}.");
    }

    /// <summary>A shape as text.</summary>
    internal static string Text<TSize>(TSize[] shape) => $"[{string.Join(", ", shape)}]";
}
