using System.Reflection;
using FsCheck;
using FsCheck.Xunit;
using Functional.Optim.Laws;

namespace Functional.Optim.Tests.Laws;

public class SeedTests
{
    private static readonly Type[] Types = typeof(SeedTests).Assembly.GetTypes();

    private static readonly BindingFlags Any =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static
        | BindingFlags.DeclaredOnly;

    /// <summary>
    /// The nearest attribute of properties decides the seed; each is the one that takes it from the environment.
    /// </summary>
    [Fact]
    public void Every_property_draws_from_the_seed()
    {
        PropertiesAttribute[] ofAssembly = [.. typeof(SeedTests).Assembly.GetCustomAttributes<PropertiesAttribute>()];
        Assert.IsType<SeededPropertiesAttribute>(Assert.Single(ofAssembly));
        PropertiesAttribute[] all =
            [.. ofAssembly, .. Types.SelectMany(type => type.GetCustomAttributes<PropertiesAttribute>(inherit: false))];
        Assert.All(all, properties => Assert.IsType<SeededPropertiesAttribute>(properties));
        Assert.All(all, properties => Assert.Equal(Seed.IsNew ? null : Seed.Text, properties.Replay));
        PropertyAttribute[] properties =
        [
            .. Types.SelectMany(type => type.GetMethods(Any))
                .SelectMany(method => method.GetCustomAttributes<PropertyAttribute>()),
        ];
        Assert.True(properties.Length > 20);
        Assert.All(properties, property => Assert.Null(property.Replay));
    }

    /// <summary>A number of 64 random bits: it would be another one with another seed.</summary>
    [Property(MaxTest = 1)]
    public void The_first_case_of_a_property_is_the_same_in_each_run(DoNotSize<long> drawn)
    {
        if (Seed.IsUsual) Assert.Equal(-4245191155223006023, drawn.Item);
    }

    [Fact]
    public void Without_a_wish_of_the_environment_the_seed_is_always_the_same()
    {
        bool isWished = new[] { "EXPLORE", "SEED" }.Any(
            name => Environment.GetEnvironmentVariable(name) is { Length: > 0 } and not "0");
        Assert.Equal(!isWished, Seed.IsUsual);
        if (!isWished) Assert.Equal("1,11400714819323198485", Seed.Text);
    }
}
