using System.Globalization;
using System.Reflection;

namespace Functional.Optim.Tests.Catalogues;

public class OptimizerEntriesTests
{
    private static readonly ParameterTree<double> Parameters = ParameterTree.Of(
        Leaf.Of("first.weight", [2, 2], [1.0, -2, 3, 4]), Leaf.Of("first.bias", [2], [5.0, 6]),
        Leaf.Of("last.weight", [1, 2], [-3.0, 2]));

    private static readonly ParameterTree<double> Gradients = ParameterTree.Of(
        Leaf.Of("first.weight", [2, 2], [0.3, 0, 2, 0.4]), Leaf.Of("first.bias", [2], [0.5, 0]),
        Leaf.Of("last.weight", [1, 2], [-1.0, 0]));

    /// <summary>What an option has to be given, or has to be for another one to matter.</summary>
    private static readonly Dictionary<string, object> Given = new()
    {
        ["learningRate"] = Schedule.Constant(0.1), ["schedule"] = Schedule.Constant(0.1), ["momentum"] = 0.9,
        ["coefficient"] = 0.9, ["maximum"] = 2.0, ["limit"] = 2.0,
        ["variance"] = 0.1, ["seed"] = 3UL, ["factor"] = 0.5, ["every"] = 3L, ["inner"] = Sgd.Of(0.1),
        ["base"] = Adam.Of(0.1), ["start"] = 5L, ["optimizer"] = Sgd.Of(0.1), ["weightDecay"] = 0.1,
        ["adaptive"] = true, ["decoupledDecay"] = true,
    };

    private static readonly Dictionary<Type, object[]> Probes = new()
    {
        [typeof(double)] = [0.0, -0.0, 1e-300, 1e-3, 0.5, 1.0, 1.5, 60.0, 1e300, -1e-3, double.NaN,
            double.PositiveInfinity, double.NegativeInfinity],
        [typeof(double?)] = [0.0, 1e-3, 0.5, 1e300, -1e-3, double.NaN, double.PositiveInfinity],
        [typeof(bool)] = [true, false],
        [typeof(int)] = [0, 1, 3, 4, 1000, -1, int.MaxValue],
        [typeof(int?)] = [0, 1, 7, -1],
        [typeof(long)] = [0L, 1L, 7L, long.MaxValue, -1L],
        [typeof(ulong)] = [0UL, 1UL, ulong.MaxValue],
        [typeof(Schedule)] = [Schedule.Constant(0.5), Schedule.Constant(0)],
        [typeof(Optimizer)] = [Sgd.Of(0.5, 0.5)],
        [typeof(IEnumerable<double>)] =
            [Array.Empty<double>(), (double[])[2, -1.5, 0.5], (double[])[1, 2], (double[])[1, double.NaN, 0]],
    };

    private static CatalogueEntry[] Entries =>
    [
        .. Optim.Catalogue.Optimizers, Optim.Catalogue.Lbfgs, .. Optim.Catalogue.FunctionWrappers,
        .. Optim.Catalogue.Transforms,
    ];

    public static TheoryData<string> Names => [.. Entries.Select(entry => entry.Name)];

    public static IEnumerable<object[]> Options => OptionsWhere(option => option.Type != "leaves");

    public static IEnumerable<object[]> LeafOptions => OptionsWhere(option => option.Type == "leaves");

    [Fact]
    public void Every_factory_is_an_entry_with_its_parameters_and_their_defaults()
    {
        Assert.Equal(
            Factory.Optimizers.Select(factory => factory.ToString()).Order(StringComparer.Ordinal),
            Entries.Select(entry => entry.ToString()).Order(StringComparer.Ordinal));
        Assert.Contains(
            "adamW(learningRate, beta1=0.9, beta2=0.999, epsilon=1e-08, weightDecay=0.01, decay=all, amsGrad=Off, "
            + "maximize=false, decayForm=Scaled)",
            Optim.Catalogue.Optimizers.Select(entry => entry.ToString()));
    }

    [Fact]
    public void Every_factory_names_each_number_that_is_none_and_its_faults_are_values()
    {
        Assert.All(Factory.Optimizers, factory =>
        {
            string[] numbers =
                [.. factory.Parameters.Where(parameter => parameter.ParameterType == typeof(double)).Select(Name)];
            if (numbers.Length == 0) return;
            object Make() => factory.Make(parameter => parameter.ParameterType == typeof(double) ? double.NaN
                : parameter.HasDefaultValue ? parameter.DefaultValue : Argument(parameter)) switch
            {
                ArgumentException exception => throw exception,
                object made => made,
            };
            string[] errors =
                Validated.Of(Make).Match(Succ: _ => [], Fail: found => found.Map(error => error.Message).ToArray());
            Assert.All(numbers, number => Assert.Contains(
                errors, error => error.StartsWith($"{number} is NaN; allowed is ", StringComparison.Ordinal)));
        });
    }

    [Fact]
    public void No_name_stands_twice_in_the_catalogue() =>
        Assert.Equal(Optim.Catalogue.All.Length, Optim.Catalogue.All.Select(entry => entry.Name)
            .Distinct(StringComparer.OrdinalIgnoreCase).Count());

    [Fact]
    public void Every_optimizer_has_its_paper_and_every_entry_says_what_it_does()
    {
        Assert.All(Optim.Catalogue.Optimizers, entry => Assert.Matches(@"\d{4}", entry.Paper));
        Assert.All(Optim.Catalogue.All, entry => Assert.NotEmpty(entry.Description));
        Assert.All(Optim.Catalogue.All, entry =>
            Assert.Equal(entry.OtherNames.Length, entry.OtherNames.TrimEnd().Length));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Without_options_an_entry_builds_what_its_factory_makes_by_default(string name)
    {
        Factory factory = Factory.Get(name);
        AssertSame(
            factory.Make(parameter => parameter.HasDefaultValue ? parameter.DefaultValue : Argument(parameter)),
            Build(name, factory.Parameters.Where(parameter => !parameter.HasDefaultValue).ToDictionary(
                Name, parameter => Text(Argument(parameter)))));
    }

    [Theory]
    [MemberData(nameof(Options))]
    public void An_option_is_what_the_factory_takes_and_refuses(string name, string option)
    {
        Factory factory = Factory.Get(name);
        HashSet<string> different = [];
        ParameterInfo own = factory.Parameters.Single(parameter => parameter.Name == option);
        object[] probes = ProbesOf(Factory.IsSetting(own) ? typeof(double) : own.ParameterType);
        foreach (object probe in probes)
        {
            object expected = factory.Make(parameter => parameter.Name == option ? probe : Argument(parameter, option));
            object built = Build(name, TextsWith(factory, option, Text(probe)));
            if (expected is ArgumentException error)
            {
                string errors = Assert.IsType<string>(built), itself = $"{option} is {Text(probe)}; allowed is ";
                Assert.True(error.Message.Contains(errors, StringComparison.Ordinal)
                    || (error.Message.Contains(itself, StringComparison.Ordinal)
                        && errors.StartsWith(itself, StringComparison.Ordinal)),
                errors);
                continue;
            }

            AssertSame(expected, built);
            different.Add($"{built}");
        }

        Assert.True(different.Count > 1 || probes.Length == 1, $"{option} of {name} changes nothing");
    }

    [Theory]
    [MemberData(nameof(LeafOptions))]
    public void Leaves_are_named_by_a_word_or_a_pattern(string name, string option)
    {
        Factory factory = Factory.Get(name);
        HashSet<string> different = [];
        foreach ((string text, Func<Leaf, bool> matches) in ((string, Func<Leaf, bool>)[])
            [("all", _ => true), ("NONE", _ => false), ("matrices", leaf => leaf.Rank >= 2),
                ("first.*", leaf => leaf.Name != "last.weight")])
        {
            object built = Build(name, TextsWith(factory, option, text));
            Assert.Equal(After(factory.Make(parameter => parameter.Name == option ? matches : Argument(parameter))),
                After(built));
            different.Add(string.Join(
                ' ', Parameters.Layout.Leaves.SelectMany(leaf => After(built).AsSpan(leaf.Name).ToArray())));
        }

        // Where only matrices go through it, all leaves are the matrices.
        Assert.Equal(name is "muon" or "norMuon" ? 3 : 4, different.Count);
        Assert.Equal(
            $"{option} is matrix; allowed is leaves, all, none, matrices (of rank 2 and more), "
            + $"hiddenMatrices or a pattern of names such as *.weight",
            Build(name, TextsWith(factory, option, "matrix")));
    }

    [Fact]
    public void Every_fault_is_listed_at_once()
    {
        Assert.Equal(
            "learningRate is not given; allowed is a number or a schedule, finite and not negative | "
            + "beta2 is x; allowed is a number, in [0, 1) | "
            + "decay is matrix; allowed is leaves, all, none, matrices (of rank 2 and more), "
            + "hiddenMatrices or a pattern of names such as *.weight | "
            + "gamma is no option of lion; allowed is learningRate, beta1, beta2, weightDecay, decay, maximize, "
            + "decayForm | "
            + "beta1 is 2; allowed is in [0, 1)",
            Build("lion", new() { ["beta1"] = "2", ["BETA2"] = "x", ["gamma"] = "1", ["decay"] = "matrix" }));
        Assert.Equal(
            "nesterov is True; allowed is false without momentum or with dampening",
            Build("sgd", new() { ["learningRate"] = "1", ["nesterov"] = "true" }));
        Assert.Equal(
            "nesterov is True; allowed is false without momentum or with dampening",
            Build("momentum", new() { ["coefficient"] = "0", ["nesterov"] = "true" }));
        Assert.Equal(
            "threshold is 99999999999; allowed is an integer, 4 or more",
            Build("rAdam", new() { ["learningRate"] = "1", ["threshold"] = "99999999999" }));
    }

    [Fact]
    public void A_learning_rate_is_a_number_a_schedule_as_text_or_a_schedule_of_the_program()
    {
        Assert.Equal(Lion.Of(0.001), Outcome(Optim.Catalogue.Optimizers.Build("Lion(learningRate=1e-3)")));
        Assert.Equal(
            Lion.Of(Schedule.WarmupCosine(0.1, 5, 100), 0.95),
            Outcome(Optim.Catalogue.Optimizers.Build(
                "lion(learningRate=warmupCosine(peak=0.1, warmupSteps=5, totalSteps=100), beta1=0.95)")));
        Schedule composed = Schedule.LinearWarmup(0.1, 5).Then(0.1, 5);
        Assert.Equal(AdamW.Of(composed, weightDecay: 0.5), Outcome(
            Optim.Catalogue.Optimizers.Build("adamw(weightDecay=0.5)", composed)));
        Assert.Equal(AdamW.Of(0.5), Outcome(Optim.Catalogue.Optimizers.Build("adamw(learningRate=0.5)", composed)));
        Assert.Equal(LearningRate.Of(composed), Outcome(Optim.Catalogue.Transforms.Build("learningRate", composed)));
        Assert.Equal(Accumulate.Of(4, Lion.Of(composed)), Outcome(
            Optim.Catalogue.Transforms.Build("accumulate(every=4, inner=lion)", composed)));
        Assert.Equal(
            "learningRate: totalSteps is not given; allowed is an integer, 1 or more | learningRate: peak is -1; "
            + "allowed is finite and not negative",
            Outcome(Optim.Catalogue.Optimizers.Build("lion(learningRate=cosine(peak=-1))")));
        Assert.Equal("learningRate is -1; allowed is finite and not negative", Outcome(
            Optim.Catalogue.Optimizers.Build("lion(learningRate=-1)")));
        Assert.StartsWith("learningRate: schedule is fast; allowed is constant, linearWarmup, ",
            (string)Outcome(Optim.Catalogue.Optimizers.Build("lion(learningRate=fast)")), StringComparison.Ordinal);
        Assert.StartsWith("optimizer is sofia; allowed is sgd, adam, adamW, ",
            (string)Outcome(Optim.Catalogue.Optimizers.Build("sofia")), StringComparison.Ordinal);
    }

    [Fact]
    public void Composed_texts_are_compositions()
    {
        Assert.Equal(
            ApplyIfFinite.Around(Accumulate.Of(2, AdamW.Of(0.1, amsGrad: AmsGrad.OfMoment)), 3),
            Outcome(Optim.Catalogue.Transforms.Build("applyIfFinite(inner=accumulate(every=2, "
                + "inner=adamw(learningRate=0.1, amsGrad=ofmoment)), maxConsecutiveSkips=3)")));
        Assert.Equal(
            "inner: inner: beta1 is 1; allowed is in [0, 1)",
            Outcome(Optim.Catalogue.Transforms.Build(
                "applyIfFinite(inner=accumulate(every=2, inner=adamw(learningRate=0.1, beta1=1)))")));
    }

    [Theory]
    [InlineData("sgd", 0)]
    [InlineData("sgd(momentum=0.9)", 1)]
    [InlineData("adam", 2)]
    [InlineData("adam(amsGrad=OfMoment)", 3)]
    [InlineData("rmsProp", 1)]
    [InlineData("rmsProp(centered=true, momentum=0.5)", 3)]
    [InlineData("lion", 1)]
    [InlineData("yogi", 2)]
    [InlineData("scheduleFree(base=adamW)", 2)]
    [InlineData("scheduleFree(base=adamW, innerMomentum=0.5)", 3)]
    [InlineData("scheduleFree(base=sgd(momentum=0.9))", 1)]
    [InlineData("muon", 1)]
    [InlineData("norMuon", 1)]
    [InlineData("soap", 2)]
    public void State_is_a_number_for_each_slot(string text, int slots)
    {
        Optimizer optimizer = Optim.Catalogue.Optimizers.Build(text, 0.1).OrThrow(text);
        Assert.Equal((4 * slots, 8 * slots),
            (optimizer.StateBytesPerParameter<float>(), optimizer.StateBytesPerParameter<double>()));
    }

    [Fact]
    public void The_base_of_Schedule_Free_is_a_text_of_its_own()
    {
        Assert.Equal(
            ScheduleFree.Of(AdamW.Of(0.0025, beta1: 0.95, weightDecay: 0), warmupSteps: 100),
            Outcome(Optim.Catalogue.Optimizers.Build(
                "scheduleFree(base=adamW(beta1=0.95, weightDecay=0), warmupSteps=100)", 0.0025)));
        Assert.Equal(
            "base: beta1 is 1; allowed is in [0, 1)",
            Outcome(Optim.Catalogue.Optimizers.Build("scheduleFree(base=adamW(learningRate=1, beta1=1))")));
        Assert.StartsWith(
            "base is lion(learningRate=1); allowed is ",
            (string)Outcome(Optim.Catalogue.Optimizers.Build("scheduleFree(base=lion(learningRate=1))")),
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_wrapper_counts_its_own_state_too() =>
        Assert.Equal(12, Accumulate.Of(2, Adam.Of(0.1)).StateBytesPerParameter<float>());

    private static IEnumerable<object[]> OptionsWhere(Func<CatalogueOption, bool> holds) =>
        from entry in Entries
        from option in entry.Options
        where holds(option)
        select (object[])[entry.Name, option.Name];

    private static object[] ProbesOf(Type type) =>
        type.IsEnum ? [.. Enum.GetValues(type).Cast<object>()] : Probes[type];

    private static string Name(ParameterInfo parameter) => parameter.Name!;

    private static object? Argument(ParameterInfo parameter, string option = "") =>
        option == "sgdPhase" && parameter.Name == "base" ? RAdam.Of(0.1)
        : parameter.ParameterType == typeof(double) && parameter is { Name: "decay", HasDefaultValue: false } ? 0.25
        : parameter is { Name: "matches" } ? (Func<Leaf, bool>)(leaf => leaf.Rank >= 2)
        : Given.GetValueOrDefault(parameter.Name!, parameter.DefaultValue!);

    private static string Text(object? value) => value switch
    {
        Constant constant => Text(constant.Rate),
        Sgd sgd => $"sgd(learningRate={Text(sgd.LearningRate)}, momentum={Text(sgd.Momentum)})",
        Adam adam => $"adam(learningRate={Text(adam.LearningRate)})",
        RAdam rAdam => $"rAdam(learningRate={Text(rAdam.LearningRate)})",
        Func<Leaf, bool> => "matrices",
        double[] numbers => string.Join(", ", numbers.Select(number => Text(number))),
        _ => string.Create(CultureInfo.InvariantCulture, $"{value}"),
    };

    private static Dictionary<string, string> TextsWith(Factory factory, string option, string text) =>
        factory.Parameters
            .Where(parameter => parameter.Name == option || !parameter.HasDefaultValue
                || Given.ContainsKey(Name(parameter)))
            .ToDictionary(Name, parameter => parameter.Name == option ? text : Text(Argument(parameter, option)));

    /// <summary>What an entry builds, or its errors.</summary>
    private static object Build(string name, Dictionary<string, string> options) =>
        Entries.Single(entry => entry.Name == name) switch
        {
            CatalogueEntry<Optimizer> entry => Outcome(entry.Build(options)),
            CatalogueEntry<Lbfgs> entry => Outcome(entry.Build(options)),
            _ => throw new InvalidOperationException(name),
        };

    /// <summary>
    /// Whether two optimizers are equal, or where their predicates cannot be compared lead to the same parameters.
    /// </summary>
    private static void AssertSame(object expected, object built)
    {
        if (expected is Partition) Assert.Equal(After(expected), After(built));
        else Assert.Equal(expected, built);
    }

    private static object Outcome<T>(LanguageExt.Validation<LanguageExt.Common.Error, T> built) =>
        built.Match(
            Succ: value => (object)value!, Fail: errors => string.Join(" | ", errors.Map(error => error.Message)));

    /// <summary>Where steps lead.</summary>
    private static ParameterTree<double> After(object optimizer) => optimizer switch
    {
        FunctionOptimizer asking => asking.Step(
            at => (at.GlobalNorm() * at.GlobalNorm() / 2, at), Parameters, asking.Init(Parameters)).Parameters,
        Muon or NorMuon => After(Partition.Of(
            new("matrices", leaf => leaf.Rank == 2, (Optimizer)optimizer), new("rest", _ => true, Sgd.Of(0.1)))),
        Optimizer any => AfterTwo(any),
        _ => throw new InvalidOperationException($"{optimizer}"),
    };

    /// <summary>The first update of some only initializes.</summary>
    private static ParameterTree<double> AfterTwo(Optimizer optimizer)
    {
        (ParameterTree<double> parameters, OptimizerState<double> state) =
            optimizer.Step(Parameters, Gradients, optimizer.Init(Parameters));
        return optimizer.Step(parameters, Gradients, state).Parameters;
    }
}
