namespace Functional.Optim.Tests.Optimizers;

/// <summary>The options that every optimizer has: the direction, and a decay for some of the leaves.</summary>
public class SharedOptionTests
{
    private static readonly (string Name, Func<double, Func<Leaf, bool>?, bool, Optimizer> Make)[] All =
    [
        ("sgd", (decay, leaves, up) => Sgd.Of(0.1, weightDecay: decay, decay: leaves, maximize: up)),
        ("adam", (decay, leaves, up) => Adam.Of(0.1, weightDecay: decay, decay: leaves, maximize: up)),
        ("adamw", (decay, leaves, up) => AdamW.Of(0.1, weightDecay: decay, decay: leaves, maximize: up)),
        ("adagrad", (decay, leaves, up) => Adagrad.Of(0.1, weightDecay: decay, decay: leaves, maximize: up)),
        ("rmsprop", (decay, leaves, up) => RmsProp.Of(0.1, weightDecay: decay, decay: leaves, maximize: up)),
        ("adadelta", (decay, leaves, up) => Adadelta.Of(1, weightDecay: decay, decay: leaves, maximize: up)),
        ("adamax", (decay, leaves, up) => Adamax.Of(0.1, weightDecay: decay, decay: leaves, maximize: up)),
        ("nadam", (decay, leaves, up) => NAdam.Of(0.1, weightDecay: decay, decay: leaves, maximize: up)),
        ("radam", (decay, leaves, up) => RAdam.Of(0.1, weightDecay: decay, decay: leaves, decoupledDecay: true, maximize: up)),
        ("rprop", (decay, leaves, up) => Rprop.Of(0.1, weightDecay: decay, decay: leaves, maximize: up)),
        ("asgd", (decay, leaves, up) => Asgd.Of(0.1, weightDecay: decay, decay: leaves, maximize: up)),
        ("lion", (decay, leaves, up) => Lion.Of(0.1, weightDecay: decay, decay: leaves, maximize: up)),
        ("adabelief", (decay, leaves, up) => AdaBelief.Of(0.1, weightDecay: decay, decay: leaves, maximize: up)),
        ("lamb", (decay, leaves, up) => Lamb.Of(0.1, weightDecay: decay, decay: leaves, maximize: up)),
        ("adafactor", (decay, leaves, up) => Adafactor.Of(0.1, weightDecay: decay, decay: leaves, maximize: up)),
        ("novograd", (decay, leaves, up) => NovoGrad.Of(0.1, weightDecay: decay, decay: leaves, maximize: up)),
        ("muon", (decay, leaves, up) => Partition.Of(
            new("matrices", leaf => leaf.Rank == 2, Muon.Of(0.1, weightDecay: decay, decay: leaves, maximize: up)),
            new("rest", _ => true, Lion.Of(0.1, weightDecay: decay, decay: leaves, maximize: up)))),
        ("yogi", (decay, leaves, up) => Yogi.Of(0.1, weightDecay: decay, decay: leaves, maximize: up)),
    ];

    public static TheoryData<string> Names => [.. All.Select(entry => entry.Name)];

    /// <summary>Its predicate chooses the leaves that are scaled too.</summary>
    [Fact]
    public void Up_the_gradient_is_down_its_opposite_for_lars() =>
        Assert.Equal(After(Lars.Of(0.1, weightDecay: 0.1), sign: -1), After(Lars.Of(0.1, weightDecay: 0.1, maximize: true), sign: 1));

    [Fact]
    public void Every_optimizer_of_the_catalogue_is_here() => Assert.Equal(
        Optim.Catalogue.Optimizers.Select(entry => entry.Name).Order(StringComparer.OrdinalIgnoreCase),
        [.. All.Select(entry => entry.Name).Append("lars").Append("scheduleFree").Order(StringComparer.OrdinalIgnoreCase)],
        StringComparer.OrdinalIgnoreCase);

    [Theory]
    [MemberData(nameof(Names))]
    public void Up_the_gradient_is_down_its_opposite(string name)
    {
        var (_, make) = All.Single(entry => entry.Name == name);
        Assert.Equal(After(make(0.1, null, false), sign: -1), After(make(0.1, null, true), sign: 1));
        Assert.NotEqual(After(make(0.1, null, false), sign: 1), After(make(0.1, null, true), sign: 1));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_decay_holds_for_the_leaves_of_its_predicate(string name)
    {
        // So strong a decay flips signs, which is what Rprop sees of it.
        const double strong = 5;
        var (_, make) = All.Single(entry => entry.Name == name);
        ParameterTree<double> some = After(make(strong, leaf => leaf.Rank == 2, false), sign: 1);
        Assert.True(After(make(0, null, false), sign: 1).AsSpan("vector").SequenceEqual(some.AsSpan("vector")));
        Assert.True(After(make(strong, null, false), sign: 1).AsSpan("matrix").SequenceEqual(some.AsSpan("matrix")));
        Assert.False(After(make(0, null, false), sign: 1).AsSpan("matrix").SequenceEqual(some.AsSpan("matrix")));
    }

    private static ParameterTree<double> After(Optimizer optimizer, double sign)
    {
        ParameterTree<double> parameters = Tree(index => Math.Cos(index));
        OptimizerState<double> state = optimizer.Init(parameters);
        for (int step = 1; step <= 4; step++)
            (parameters, state) = optimizer.Step(parameters, Tree(index => sign * Math.Sin(step + index)), state);
        return parameters;
    }

    private static ParameterTree<double> Tree(Func<int, double> value)
    {
        double[] values = [.. Enumerable.Range(0, 20).Select(value)];
        return ParameterTree.Of(Leaf.Of("vector", [20], values), Leaf.Of("matrix", [4, 5], values));
    }
}
