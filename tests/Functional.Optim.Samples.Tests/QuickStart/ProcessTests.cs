using System.Globalization;
using System.Text.RegularExpressions;
using Functional.Optim.Samples.Tests.Processes;

namespace Functional.Optim.Samples.Tests.QuickStart;

public sealed partial class ProcessTests
{
    private static readonly double[] Target = [1, -2, 3, 0.5, 0, 1];

    [Fact]
    public void Each_of_the_four_ways_is_printed_and_the_last_three_come_to_the_target()
    {
        (int code, string output, string error) = new SampleProgram("QuickStart").Run("");
        Assert.Equal((0, ""), (code, error));
        double[][] weights =
        [
            .. Example().Matches(output).Select(match => match.Groups[2].Value.Split(' ')
                .Select(value => double.Parse(value, CultureInfo.InvariantCulture)).ToArray()),
        ];
        Assert.Equal(["1", "2", "3", "4"], Example().Matches(output).Select(match => match.Groups[1].Value));
        // One step goes 0.005 towards the target; the clip and the decay keep the others a little short of it.
        Assert.All(weights[0].Zip([1, -1, 1, 1, 0, 1], (weight, sign) => weight - (0.005 * sign)),
            off => Assert.Equal(0, off, 1e-4));
        Assert.All(weights[1..], end => Assert.All(
            end.Zip(Target, (weight, target) => weight - target), off => Assert.Equal(0, off, 0.05)));
        Assert.Equal(weights[1], weights[3]);
    }

    [GeneratedRegex(@"^(\d)\. [a-z ]+?  +((?:-?\d\.\d{4} ?){6})(?<! )", RegexOptions.Multiline)]
    private static partial Regex Example();
}
