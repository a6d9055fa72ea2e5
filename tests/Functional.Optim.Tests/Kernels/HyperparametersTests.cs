using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using Functional.Optim.Kernels;

namespace Functional.Optim.Tests.Kernels;

/// <summary>The constants of the span kernels: every type of them has its defaults, and no kernel runs on constants out of range.</summary>
public class HyperparametersTests
{
    private static readonly (Type Type, Action<object, long> Step)[] Kernels =
    [
        Of<AdaBeliefHyperparameters>((h, t) => AdaBeliefKernel.Step<float>(h, t, One, One, One, One, One, Two, Three)),
        Of<AdadeltaHyperparameters>((h, _) => AdadeltaKernel.Step<float>(h, One, One, One, One, One, Two, Three)),
        Of<AdagradHyperparameters>((h, _) => AdagradKernel.Step<float>(h, One, One, One, One, Two)),
        Of<AdamHyperparameters>((h, t) => AdamKernel.Step<float>(h, t, One, One, One, One, One, Two, Three)),
        Of<AdamHyperparameters>((h, t) => AdamKernel.Step<float>(h, t, One, One, One, One, One, One, Two, Three, Four)),
        Of<AdamWHyperparameters>((h, t) => AdamWKernel.Step<float>(h, t, One, One, One, One, One, Two, Three)),
        Of<AdamWHyperparameters>((h, t) => AdamWKernel.Step<float>(h, t, One, One, One, One, One, One, Two, Three, Four)),
        Of<AdamaxHyperparameters>((h, t) => AdamaxKernel.Step<float>(h, t, One, One, One, One, One, Two, Three)),
        Of<AsgdHyperparameters>((h, t) => AsgdKernel.Step<float>(h, t, One, One, One, One, Two)),
        Of<LionHyperparameters>((h, _) => LionKernel.Step<float>(h, One, One, One, One, Two)),
        Of<NAdamHyperparameters>((h, t) => NAdamKernel.Step<float>(h, t, One, One, One, One, One, Two, Three)),
        Of<RAdamHyperparameters>((h, t) => RAdamKernel.Step<float>(h, t, One, One, One, One, One, Two, Three)),
        Of<RmsPropHyperparameters>((h, _) => RmsPropKernel.Step<float>(h, One, One, One, One, One, One, Two, Three, Four)),
        Of<RpropHyperparameters>((h, _) => RpropKernel.Step<float>(h, One, One, One, One, One, Two, Three)),
        Of<SgdHyperparameters>((h, t) => SgdKernel.Step<float>(h, t, One, One, One, One, Two)),
        Of<YogiHyperparameters>((h, t) => YogiKernel.Step<float>(h, t, One, One, One, One, One, Two, Three)),
    ];

    public static TheoryData<int> Indices => [.. Enumerable.Range(0, Kernels.Length)];

    private static float[] One { get; } = [1];

    private static float[] Two => [0];

    private static float[] Three => [0];

    private static float[] Four => [0];

    [Fact]
    public void Every_type_and_every_kernel_is_tested()
    {
        Type[] types = typeof(AdamWKernel).Assembly.GetExportedTypes();
        Assert.Equal(
            types.Where(type => type.Name.EndsWith("Hyperparameters", StringComparison.Ordinal)).OrderBy(type => type.Name),
            Kernels.Select(kernel => kernel.Type).Distinct().OrderBy(type => type.Name));
        Assert.Equal(
            types.Where(type => type.Name.EndsWith("Kernel", StringComparison.Ordinal))
                .Sum(type => type.GetMethods().Count(method => method.Name == "Step")),
            Kernels.Length);
    }

    [Theory]
    [MemberData(nameof(Indices))]
    public void Without_arguments_they_have_the_defaults_of_the_constructor_with_arguments(int index)
    {
        object made = Made(index);
        ParameterInfo[] arguments =
            Kernels[index].Type.GetConstructors().Single(constructor => constructor.GetParameters().Length > 1).GetParameters();
        Assert.Equal(arguments.Length, Constants(index).Length);
        Assert.All(arguments, argument => Assert.Equal(
            argument.HasDefaultValue ? argument.DefaultValue : double.NaN,
            Kernels[index].Type.GetProperty(argument.Name!)!.GetValue(made)));
    }

    [Fact]
    public void An_initializer_and_with_change_what_they_name_and_nothing_else()
    {
        Assert.Equal(new AdamWHyperparameters(1e-3), new AdamWHyperparameters { LearningRate = 1e-3 });
        Assert.Equal(new AdamHyperparameters(1e-3, Beta2: 0.5), new AdamHyperparameters() with { LearningRate = 1e-3, Beta2 = 0.5 });
        Assert.Equal(new RpropHyperparameters(EtaPlus: 2), new RpropHyperparameters { EtaPlus = 2 });
    }

    [Theory]
    [MemberData(nameof(Indices))]
    public void A_step_takes_the_defaults_with_a_rate_and_none_without_one_or_without_a_constructor(int index)
    {
        object made = Made(index);
        if (Kernels[index].Type != typeof(RpropHyperparameters)) Refused(index, made, "LearningRate is NaN");
        Kernels[index].Step(With(made, "LearningRate", 0.1), 1);
        // Not the constructor: all bits 0.
        object unmade = RuntimeHelpers.GetUninitializedObject(Kernels[index].Type);
        Refused(index, unmade, $"default({Kernels[index].Type.Name})");
    }

    [Theory]
    [MemberData(nameof(Indices))]
    public void A_constant_out_of_range_is_refused_by_its_name_and_value(int index)
    {
        object made = With(Made(index), "LearningRate", 0.1);
        foreach (PropertyInfo constant in Constants(index).Where(constant => constant.PropertyType != typeof(bool)))
        {
            Refuse(constant, -1);
            if (constant.PropertyType != typeof(double)) continue;
            double[] values = [double.NaN, double.PositiveInfinity, double.NegativeInfinity, -double.Epsilon];
            foreach (double value in values) Refuse(constant, value);
            bool isRate = constant.Name is "Beta1" or "Beta2" or "Rho" or "Momentum" or "EtaMinus" or "EtaPlus"
                || (constant.Name == "Alpha" && constant.DeclaringType == typeof(RmsPropHyperparameters));
            if (isRate) Refuse(constant, 1);
        }

        void Refuse(PropertyInfo constant, double value) => Refused(
            index, With(made, constant.Name, value), FormattableString.Invariant($"{constant.Name} is {value}; allowed is "));
    }

    [Fact]
    public void Constants_that_do_not_go_together_are_refused()
    {
        Throws(() => SgdKernel.Step<float>(new(0.1, Nesterov: true), 1, One, One, One, One, Two), "Momentum is 0; allowed is in (0, 1).");
        Throws(() => SgdKernel.Step<float>(new(0.1, 0.9, 0.5, true), 1, One, One, One, One, Two), "Dampening is 0.5; allowed is 0.");
        Throws(() => SgdKernel.Step<float>(new(0.1, 0.9, 1.5), 1, One, One, One, One, Two), "Dampening is 1.5; allowed is in [0, 1].");
        Throws(
            () => RpropKernel.Step<float>(new(MinimumStep: 2, MaximumStep: 1), One, One, One, One, One, Two, Three),
            "MaximumStep is 1; allowed is 2, the smallest, or more.");
        Throws(
            () => AdadeltaKernel.Step<float>(new(0.1, Epsilon: 0), One, One, One, One, One, Two, Three),
            "Epsilon is 0; allowed is finite and positive.");
        Throws(
            () => RAdamKernel.Step<float>(new(0.1, Threshold: 3), 1, One, One, One, One, One, Two, Three),
            "Threshold is 3; allowed is 4 or more.");
    }

    [Theory]
    [MemberData(nameof(Indices))]
    public void Steps_are_numbered_from_one(int index)
    {
        object made = With(Made(index), "LearningRate", 0.1);
        if (typeof(AdamWKernel).Assembly.GetType(Kernels[index].Type.FullName!.Replace("Hyperparameters", "Kernel", StringComparison.Ordinal))!
            .GetMethods().First(method => method.Name == "Step").GetParameters()[1].Name == "step")
        {
            Assert.Equal("step", Assert.Throws<ArgumentOutOfRangeException>(() => Kernels[index].Step(made, 0)).ParamName);
            Assert.Throws<ArgumentOutOfRangeException>(() => Kernels[index].Step(made, long.MinValue));
        }
        else
        {
            Kernels[index].Step(made, 0);
        }
    }

    private static (Type Type, Action<object, long> Step) Of<T>(Action<T, long> step)
        where T : struct => (typeof(T), (hyper, number) => step((T)hyper, number));

    private static object Made(int index) => Activator.CreateInstance(Kernels[index].Type)!;

    private static PropertyInfo[] Constants(int index) => Kernels[index].Type.GetProperties();

    private static object With(object made, string name, double value)
    {
        PropertyInfo constant = made.GetType().GetProperty(name)!;
        object copy = RuntimeHelpers.GetObjectValue(made)!;
        constant.SetValue(copy, Convert.ChangeType(value, constant.PropertyType, CultureInfo.InvariantCulture));
        return copy;
    }

    private static void Refused(int index, object hyper, string message) =>
        Assert.Contains(message, Assert.ThrowsAny<ArgumentException>(() => Kernels[index].Step(hyper, 1)).Message, StringComparison.Ordinal);

    private static void Throws(Action step, string message) => Assert.Equal(message, Assert.ThrowsAny<ArgumentException>(step).Message);
}
