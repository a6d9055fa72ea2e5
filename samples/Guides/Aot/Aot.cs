using Functional.Optim;
using LanguageExt;
using LanguageExt.Common;

namespace Functional.Optim.Guides;

/// <summary>What the guide <c>Aot</c> shows, as programs that run.</summary>
public class Aot
{
    /// <summary>In place of the console, so that what is printed can be compared.</summary>
    private StringWriter Console { get; } = new() { NewLine = "\n" };

    [Fact]
    public void An_optimizer_from_the_command_line()
    {
        string[] arguments = ["clipByGlobalNorm(maximum=1) then adamW(learningRate=0.01, beta2=0.95)"];

        #region README.md
        Validation<Error, Optimizer> built = Catalogue.Build(arguments[0]);
        built.Match(
            Succ: optimizer => Console.WriteLine(optimizer),
            Fail: errors => Console.WriteLine(string.Join("\n", errors)));
        #endregion

        Assert.Equal(
            """
            clipByGlobalNorm(maximum=1) then adamW(learningRate=0.01, beta2=0.95)
            """,
            Console.ToString().TrimEnd());
    }
}
