namespace Functional.Optim.Tests.Optimizers;

/// <summary>The options that most optimizers have: the direction, and a decay for some of the leaves.</summary>
public class SharedOptionTests
{
    private static IEnumerable<CatalogueEntry<Optimizer>> Entries => Optim.Catalogue.Optimizers;

    public static TheoryData<string> WithDirection =>
        [.. Entries.Where(entry => Has(entry, "maximize")).Select(entry => entry.Name)];

    /// <summary>
    /// Those that choose the leaves that decay, and nothing else by it: what a rate-free one estimates from one leaf
    /// moves the others.
    /// </summary>
    public static TheoryData<string> WithDecay =>
    [
        .. Entries.Where(entry => DecayFilterOf(entry) is not null && Build(entry.Name) is not RateFreeOptimizer)
            .Select(entry => entry.Name),
    ];

    [Fact]
    public void Nearly_every_optimizer_has_them()
    {
        Assert.Equal(["scheduleFree"], Entries.Where(entry => !Has(entry, "maximize")).Select(entry => entry.Name));
        Assert.Equal(
            ["lars", "fromage", "scheduleFree"],
            Entries.Where(entry => DecayFilterOf(entry) is null).Select(entry => entry.Name));
    }

    [Theory]
    [MemberData(nameof(WithDirection))]
    public void Up_the_gradient_is_down_its_opposite(string name)
    {
        (string, string)[] decay = Has(Entry(name), "weightDecay") ? [("weightDecay", "0.1")] : [];
        Optimizer down = Build(name, decay), up = Build(name, [.. decay, ("maximize", "true")]);
        Assert.Equal(After(down, sign: -1), After(up, sign: 1));
        Assert.NotEqual(After(down, sign: 1), After(up, sign: 1));
    }

    [Theory]
    [MemberData(nameof(WithDecay))]
    public void The_decay_holds_for_the_leaves_of_its_filter(string name)
    {
        CatalogueEntry<Optimizer> entry = Entry(name);
        string filter = DecayFilterOf(entry)!;
        foreach (string decoupled in Has(entry, "decoupledDecay") ? (string[])["false", "true"] : ["false"])
        {
            // So strong a decay flips signs, which is what Rprop sees of it.
            ParameterTree<double> none = With("0", "all"), all = With("5", "all"), some = With("5", "sec*");
            Assert.True(none.AsSpan("first").SequenceEqual(some.AsSpan("first")));
            Assert.True(all.AsSpan("second").SequenceEqual(some.AsSpan("second")));
            Assert.False(none.AsSpan("second").SequenceEqual(some.AsSpan("second")));

            ParameterTree<double> With(string decay, string leaves) => After(
                Build(name, [
                    ("weightDecay", decay), (filter, leaves),
                    .. Has(entry, "decoupledDecay") ? ((string, string)[])[("decoupledDecay", decoupled)] : [],
                ]),
                sign: 1);
        }
    }

    private static bool Has(CatalogueEntry entry, string option) => entry.Options.Any(own => own.Name == option);

    private static string? DecayFilterOf(CatalogueEntry entry) => entry.Options.SingleOrDefault(option =>
        option.Type == "leaves" && option.Name.StartsWith("decay", StringComparison.Ordinal))?.Name;

    private static CatalogueEntry<Optimizer> Entry(string name) => Entries.Single(entry => entry.Name == name);

    private static Optimizer Build(string name, params (string Name, string Text)[] options) =>
        Laws.Catalogue.CaseOf(Entry(name)).Build(Entry(name), 0.1, options);

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
        return ParameterTree.Of(Leaf.Of("first", [4, 5], values), Leaf.Of("second", [4, 5], values));
    }
}
