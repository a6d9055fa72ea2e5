using Functional.Optim.Training;

namespace Functional.Optim.Tests.Training.Diagnoses;

public sealed class LeafNormsTests : IDisposable
{
    private readonly string path = Path.GetTempFileName();

    public void Dispose() => File.Delete(path);

    [Fact]
    public void The_norms_are_those_of_each_leaf_and_of_its_change()
    {
        ParameterTree<float> before = Tree([3, 4], [0]), gradients = Tree([0, 2], [-1]), after = Tree([3, 4.5f], [1]);
        LeafNorms norms = LeafNorms.Of(7, before, gradients, after);
        Assert.Equal(new LeafNorms(7, [new("a", 5, 2, 0.5), new("b", 0, 1, 1)]), norms);
        Assert.Equal((0.1, double.PositiveInfinity), (norms.Leaves[0].UpdateRatio, norms.Leaves[1].UpdateRatio));
        Assert.Equal(0, LeafNorms.Of(1, before, gradients, before).Leaves[1].UpdateRatio);
        Assert.Throws<ArgumentException>(() => LeafNorms.Of(1, before, gradients, Tree([1, 2, 3], [1])));
    }

    [Fact]
    public void Changes_that_are_tiny_huge_or_not_finite_have_their_norm()
    {
        ParameterTree<double> Double(double a, double b) =>
            ParameterTree.Of(Leaf.Of("a", [2], [a, b]));
        double Update(ParameterTree<double> before, ParameterTree<double> after) =>
            LeafNorms.Of(1, before, before, after).Leaves[0].Update;
        Assert.Equal(5e-200, Update(Double(0, 0), Double(3e-200, 4e-200)), 1e-212);
        Assert.Equal(5e200, Update(Double(0, 0), Double(3e200, 4e200)), 1e188);
        Assert.Equal(0, Update(Double(double.NegativeInfinity, 1), Double(double.NegativeInfinity, 1)));
        Assert.Equal(double.NaN, Update(Double(0, 0), Double(double.NaN, 1)));
    }

    [Fact]
    public void A_file_has_the_bits_of_the_norms_and_a_resumed_run_continues_it()
    {
        LeafNorms[] norms =
        [
            .. Enumerable.Range(1, 5).Select(step => new LeafNorms(
                step,
                [
                    new("a \"name\"\n", Math.PI * step, double.NaN, 1e-300),
                    new("b", 0, double.PositiveInfinity, 0),
                ])),
        ];
        using (LeafNormsFile file = LeafNormsFile.Open(path).ThrowIfFail())
        {
            foreach (LeafNorms step in norms)
            {
                file.Report(step);
                Assert.Equal(norms[..(int)step.Step], LeafNormsFile.Read(path).ThrowIfFail());
            }
        }

        // A killed run leaves a part of a line.
        File.AppendAllText(path, "{\"step\":6,\"lea");
        Assert.Equal(norms, LeafNormsFile.Read(path).ThrowIfFail());
        using (LeafNormsFile file = LeafNormsFile.Open(path, afterStep: 3).ThrowIfFail())
        {
            Assert.Equal(norms[..3], LeafNormsFile.Read(path).ThrowIfFail());
            file.Report(norms[3]);
        }

        Assert.Equal(norms[..4], LeafNormsFile.Read(path).ThrowIfFail());
        LeafNormsFile.Open(path).ThrowIfFail().Dispose();
        Assert.Empty(LeafNormsFile.Read(path).ThrowIfFail());
    }

    [Theory]
    [InlineData("step,loss")]
    [InlineData("{}")]
    [InlineData("{\"step\":1,\"leaves\":[[\"a\",1,2]]}")]
    [InlineData("{\"step\":1,\"leaves\":[[\"a\",1,2,\"x\"]]}")]
    [InlineData("{\"step\":1.5,\"leaves\":[]}")]
    [InlineData("{\"step\":1,\"leaves\":[]} 2")]
    public void Another_line_is_refused_with_its_number_and_the_file_stays(string line)
    {
        string text = "{\"step\":1,\"leaves\":[]}\n" + line + "\n";
        File.WriteAllText(path, text);
        string message = LeafNormsFile.Read(path).Match(Succ: _ => "", Fail: error => error.Message);
        Assert.Equal($"Cannot read '{path}': line 2 does not have the norms of leaves.", message);
        Assert.True(LeafNormsFile.Open(path, afterStep: 1).IsFail);
        Assert.Equal(text, File.ReadAllText(path));
        Assert.True(LeafNormsFile.Read(path + ".none").IsFail);
        Assert.True(LeafNormsFile.Open(Path.GetTempPath(), 1).IsFail);
    }

    private static ParameterTree<float> Tree(float[] a, float[] b) =>
        ParameterTree.Of(Leaf.Of("a", [a.Length], a), Leaf.Of("b", [b.Length], b));
}
