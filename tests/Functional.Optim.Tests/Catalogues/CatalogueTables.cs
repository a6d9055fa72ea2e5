using System.Globalization;

namespace Functional.Optim.Tests.Catalogues;

/// <summary>The catalogue as the tables of the README.</summary>
internal static class CatalogueTables
{
    /// <summary>The tables by the names of their places.</summary>
    internal static Dictionary<string, string> All => new()
    {
        ["optimizers"] = Table(
            ["optimizer", "state", "paper", "torch, Optax", "what differs"],
            [.. Optim.Catalogue.Optimizers.Select(entry => Row(entry, State(entry), entry.Paper)),
                Row(Optim.Catalogue.Lbfgs, LbfgsState(), Optim.Catalogue.Lbfgs.Paper)]),
        ["transforms"] = Table(
            ["part", "what it does", "state", "paper", "torch, Optax", "what differs"],
            [.. Optim.Catalogue.Transforms.Concat(Optim.Catalogue.FunctionWrappers).Select(
                entry => Row(entry, entry.Description, State(entry), entry.Paper))]),
        ["schedules"] = Table(
            ["schedule", "what it does", "paper", "torch, Optax", "what differs"],
            [.. ((CatalogueEntry[])[.. Optim.Catalogue.Schedules, Optim.Catalogue.Plateau]).Select(
                entry => Row(entry, entry.Description, entry.Paper))]),
    };

    private static string[] Row(CatalogueEntry entry, params string[] middle) =>
        [$"`{Factory.Get(entry.Name).Code}`", .. middle, entry.OtherNames, entry.Differences];

    internal static string Table(string[] titles, params string[][] rows) => string.Join('\n',
        rows.Prepend([.. titles.Select(_ => "---")]).Prepend(titles)
            .Select(cells => $"|{string.Join('|', cells.Select(cell => cell.Length == 0 ? " " : $" {cell} "))}|"));

    /// <summary>Bytes for each float parameter, by default and with each option that changes them.</summary>
    private static string State(CatalogueEntry<Optimizer> entry)
    {
        Dictionary<string, string> given =
            entry.Options.Where(option => option.Default is null).ToDictionary(option => option.Name, Needed);
        double bytes = Build(entry, given).StateBytesPerParameter<float>();
        bool isAround = given.Any(option => option.Value == InnerText);
        double inside = isAround
            ? Optim.Catalogue.Optimizers.Build(InnerText).OrThrow(InnerText).StateBytesPerParameter<float>()
            : 0;
        IEnumerable<string> changes =
            from option in entry.Options
            where option.Default is not null
            from bytesWith in Alternatives(option)
                .SelectMany(text => entry.Build(new Dictionary<string, string>(given) { [option.Name] = text }).Match(
                    Succ: optimizer => (double[])[optimizer.StateBytesPerParameter<float>()], Fail: _ => []))
                .Where(other => other != bytes).Distinct()
            select $"{Bytes(bytesWith)} with `{option.Name}`";
        return string.Join(", ", changes.Prepend(Bytes(bytes)));

        string Bytes(double all) =>
            !isAround ? Number(all) : all == inside ? "of the inner" : $"{Number(all - inside)} and of the inner";
    }

    /// <summary>
    /// What L-BFGS keeps when it has made as many moves as it remembers, by its size with two lengths of the history.
    /// </summary>
    private static string LbfgsState()
    {
        (int ten, int twenty) = (LbfgsBytes(10), LbfgsBytes(20));
        int perMove = (twenty - ten) / 10, others = ten - (10 * perMove);
        return $"{Number(others)} + {Number(perMove)} · `historySize`, "
            + $"{Number(others + (perMove * Lbfgs.Of().HistorySize))} by default";
    }

    private static int LbfgsBytes(int historySize)
    {
        Lbfgs optimizer = Lbfgs.Of(
            historySize: historySize, maximumIterations: 30, gradientTolerance: 0, changeTolerance: 0,
            lineSearch: LineSearch.StrongWolfe);
        ParameterTree<float> parameters =
            ParameterTree.Of(Leaf.Of("x", [100], [.. Enumerable.Range(0, 100).Select(index => 1f + (index % 7))]));
        (_, LbfgsState<float> state, _) = optimizer.Step(Valley, parameters, optimizer.Init(parameters));
        Assert.Equal(historySize, state.History.Length);
        ParameterTree<float>[] trees =
            [state.Gradients, state.Direction,
                .. state.History.SelectMany(pair => new[] { pair.Move, pair.GradientChange })];
        return sizeof(float) * trees.Sum(tree => tree.Layout.ParameterCount) / parameters.Layout.ParameterCount;
    }

    /// <summary>Σ cᵢ·xᵢ⁴ with curvatures of many sizes, which takes many moves.</summary>
    private static (double Loss, ParameterTree<float> Gradients) Valley(ParameterTree<float> at)
    {
        ReadOnlySpan<float> x = at.AsSpan("x");
        double loss = 0;
        float[] gradients = new float[x.Length];
        for (int index = 0; index < x.Length; index++)
        {
            double curvature = 1 + (index * index);
            loss += curvature * Math.Pow(x[index], 4);
            gradients[index] = (float)(4 * curvature * Math.Pow(x[index], 3));
        }

        return (loss, ParameterTree.Of(Leaf.Of("x", [x.Length], gradients)));
    }

    private const string InnerText = "adam(learningRate=1)";

    private static string Needed(CatalogueOption option) => option.Type switch
    {
        "leaves" => "all",
        "an optimizer" => InnerText,
        "an integer" => "1",
        _ => "0.5",
    };

    private static string[] Alternatives(CatalogueOption option) => option.Type switch
    {
        "a word" => option.Allowed.Split(", "),
        "a number" or "a number or a schedule" when option.Default == "0" => ["0.5"],
        _ => [],
    };

    private static Optimizer Build(CatalogueEntry<Optimizer> entry, Dictionary<string, string> options) =>
        entry.Build(options).OrThrow(entry.Name);

    private static string Number(double value) => value.ToString(CultureInfo.InvariantCulture);
}
