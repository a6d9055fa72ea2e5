using TorchSharp;
using static TorchSharp.torch;

namespace Functional.Optim.TorchSharp.Tests;

using Network = nn.Module<Tensor, Tensor>;

public class TreeTests
{
    [TorchFact]
    public void A_tree_has_the_tensors_of_a_state_dictionary_by_name()
    {
        using Network network = Networks.Mlp();
        ParameterTree<float> tree = TorchTree.Of(network.state_dict());
        Assert.Equal("hidden.weight[8, 3], hidden.bias[8], output.weight[2, 8], output.bias[2]", $"{tree.Layout}");
        Assert.Equal(network.get_parameter("output.weight")!.data<float>().ToArray(), tree.AsSpan("output.weight"));
        Assert.Equal(tree, TorchTree.Of(network));
        Assert.Equal(tree.AsSpan("hidden.bias")[3], TorchTree.Of<double>(network).AsSpan("hidden.bias")[3]);
    }

    [TorchFact]
    public void A_tree_is_written_to_tensors_of_any_order_and_type()
    {
        using Network network = Networks.Mlp();
        ParameterTree<float> tree = TorchTree.Of(network);
        Dictionary<string, Tensor> others = network.state_dict().ToDictionary(
            named => named.Key, named => zeros([.. named.Value.shape.Reverse()]).T.to(ScalarType.Float32));
        others["more"] = ones(1);
        tree.CopyTo(others);
        Assert.All(network.state_dict(), named => Assert.True(named.Value.allclose(others[named.Key], 0, 0)));
        Assert.Equal(1, others["more"].item<float>());

        ParameterTree<double> doubles = TorchTree.Of<double>(network);
        using Network zeroed = Networks.Mlp();
        using (no_grad())
            foreach (Tensor parameter in zeroed.parameters()) parameter.zero_();
        doubles.CopyTo(zeroed);
        Assert.Equal(tree, TorchTree.Of(zeroed));
    }

    [TorchFact]
    public void Autograd_notices_what_is_written()
    {
        using Network network = Networks.Mlp();
        ParameterTree<float> tree = TorchTree.Of(network);
        using Tensor loss = Networks.Loss(network, 0);
        tree.CopyTo(network);
        Assert.Contains("modified", Assert.ThrowsAny<Exception>(() => loss.backward()).Message);
    }

    [TorchFact]
    public void Gradients_are_zero_where_there_is_none()
    {
        using Network network = Networks.Mlp();
        Assert.Equal(0, TorchTree.GradientsOf(network).GlobalNorm());
        Networks.Backward(network, 0);
        ParameterTree<float> gradients = TorchTree.GradientsOf(network);
        Assert.Equal(
            network.get_parameter("hidden.bias")!.grad!.data<float>().ToArray(), gradients.AsSpan("hidden.bias"));
    }

    [TorchFact]
    public void What_does_not_fit_is_named_and_nothing_is_written()
    {
        using Network network = Networks.Mlp();
        ParameterTree<float> before = TorchTree.Of(network);
        Fails("The tree has the leaf other[1]", ("hidden.bias", [8]), ("other", [1]));
        Fails(
            "The tensor 'output.bias' has the shape [2]; the leaf is output.bias[3]",
            ("hidden.bias", [8]), ("output.bias", [3]));
        Assert.Equal(before, TorchTree.Of(network));

        using Network norm = Networks.WithBatchNorm();
        Assert.Contains(
            "The tensor 'norm.num_batches_tracked' is of the type Int64; allowed for Single is Float32",
            Assert.Throws<ArgumentException>(() => TorchTree.Of(norm.state_dict())).Message);
        Assert.Contains(
            "'w' is null", Assert.Throws<ArgumentException>(
                () => TorchTree.Of(new Dictionary<string, Tensor> { ["w"] = null! })).Message);
        Assert.Contains(
            "'w' is sparse", Assert.Throws<ArgumentException>(
                () => TorchTree.Of(new Dictionary<string, Tensor> { ["w"] = zeros(2).to_sparse() })).Message);

        void Fails(string message, params (string, int[])[] leaves) => Assert.Contains(
            message,
            Assert.Throws<ArgumentException>(
                () => TreeLayout.Of(leaves).Zeros<float>().CopyTo(network)).Message,
            StringComparison.Ordinal);
    }

    [TorchFact]
    public unsafe void A_tensor_of_more_than_2_GB_has_an_address()
    {
        // Its pages are never touched.
        using Tensor tensor = empty((1L << 29) + 1, ScalarType.Float32);
        using Tensor first = tensor.narrow(0, 0, 1);
        fixed (byte* address = first.bytes) Assert.Equal((nint)address, (nint)TensorMemory.AddressOf(tensor));
    }
}
