using System.Buffers.Binary;
using Functional.Optim.Benchmarks.Growth;
using Functional.Optim.Benchmarks.Profile;
using Functional.Optim.Benchmarks.Quick;
using Functional.Optim.Benchmarks.Rivals;

namespace Functional.Optim.Benchmarks.Tests;

/// <summary>The pages and pictures of results.</summary>
public sealed class PageTests
{
    private static readonly Machine Machine = new("Some CPU @ 2.5GHz", 2, 256, "Linux", "10.0.100", "10.0.1", null);
    private static readonly DateOnly Date = new(2026, 1, 31);

    [Theory]
    [InlineData("AMD EPYC 9B14 96-Core Processor", "amd-epyc-9b14-96-core-processor")]
    [InlineData("Intel(R) Xeon(R) CPU @ 2.20GHz", "intel-r-xeon-r-cpu-2-20ghz")]
    [InlineData("../../처리기", "unknown-processor")]
    public void A_processor_names_a_file(string processor, string expected) =>
        Assert.Equal(expected, (Machine with { Processor = processor }).FileName);

    [Fact]
    public void This_machine_has_a_name_and_cores()
    {
        Machine current = Machine.Current;
        Assert.NotEmpty(current.Processor);
        Assert.Equal(Environment.ProcessorCount, current.Cores);
    }

    [Fact]
    public void The_load_is_told_where_it_is_known() => Assert.EndsWith(
        "; SDK 10.0.100, .NET 10.0.1; load before 12.5.", (Machine with { Load = 12.5 }).Describe("run", Date));

    [Fact]
    public void Results_are_a_page()
    {
        QuickCase one = CaseOf(1), two = CaseOf(2);
        string page = ResultsFile.Page(Machine, Date, "dotnet run -- quick",
        [
            (one, [new(one.Name, "A", null, 2, 1, 1, 1, 0), new(one.Name, "B", null, 3, 1.5, 1.25, 1.75, 16)]),
            (two, [new(two.Name, "A", null, 0.00125, 1, 1, 1, 0), new(two.Name, "B", "not [here]")]),
        ]);
        Assert.Equal(
            """
            # Timings: Some CPU @ 2.5GHz

            Measured on 2026-01-31 and written by

            ```sh
            dotnet run -- quick
            ```

            on Some CPU @ 2.5GHz, 2 cores, vectors of 256 bits; Linux; SDK 10.0.100, .NET 10.0.1.

            A ratio is the median of the time over that of the first method, in turns one after the other.

            ## AdamWRivals

            | time, as a ratio | 16 parameters, 1 thread | 16 parameters, 2 threads |
            | ---------------- | ----------------------- | ------------------------ |
            | A                | 1.00                    | 1.00                     |
            | B                | 1.50                    | –                        |

            | case                                  | method | ms         | ratio | quartiles      | bytes a call |
            | ------------------------------------- | ------ | ---------- | ----- | -------------- | ------------ |
            | AdamWRivals(16 parameters, 1 thread)  | A      | 2          | 1.000 | 1.000 to 1.000 | 0            |
            | AdamWRivals(16 parameters, 1 thread)  | B      | 3          | 1.500 | 1.250 to 1.750 | 16           |
            | AdamWRivals(16 parameters, 2 threads) | A      | 0.00125    | 1.000 | 1.000 to 1.000 | 0            |
            | AdamWRivals(16 parameters, 2 threads) | B      | not [here] |       |                |              |

            """.ReplaceLineEndings("\n"),
            page);
    }

    [Fact]
    public void Times_for_a_byte_have_a_column_and_are_what_is_compared()
    {
        QuickCase one = CaseOf(1);
        (QuickCase, IReadOnlyList<QuickResult>)[] results =
        [
            (one, [new(one.Name, "A", null, 2, 1, 1, 1, 0, 1), new(one.Name, "B", null, 2e-5, 1.5, 1, 2, 0, 0.75)]),
        ];
        Assert.Equal(
            """
            | time for a byte, as a ratio | 16 parameters, 1 thread |
            | --------------------------- | ----------------------- |
            | A                           | 1.00                    |
            | B                           | 0.75                    |

            """.ReplaceLineEndings("\n"),
            ResultsFile.Ratios(results));
        Assert.EndsWith(
            "| B      | 0.00002 | 1.500 | 1.000 to 2.000 | 0            | 0.750           |\n",
            ResultsFile.Numbers(results));
    }

    [Fact]
    public void Growth_is_a_page_and_a_picture()
    {
        GrowthLine slow = new("slow", [(1024, 2), (4096, 4.125)]), fast = new("fast", [(1024, 1), (4096, 1)]);
        GrowthPanel panel = new("AdamW", "parameters", "ns", [slow, fast]);
        string page = GrowthFile.Page(Machine, Date, "dotnet run -- growth", [panel, panel]);
        Assert.StartsWith("# Growth: Some CPU @ 2.5GHz\n\nMeasured on 2026-01-31 and written by\n", page);
        Assert.Contains("](some-cpu-2-5ghz-growth.png)\n", page);
        Assert.EndsWith(
            """
            ## AdamW, ns

            | parameters | slow | fast |
            | ---------- | ---- | ---- |
            | 1,024      | 2    | 1    |
            | 4,096      | 4.12 | 1    |

            """.ReplaceLineEndings("\n"),
            page);
        byte[] picture = GrowthPlot.Png([panel, panel]);
        // The signature of a PNG, and its width and height.
        Assert.Equal([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], picture[..8]);
        Assert.Equal((2 * 520, 420), (Number(picture.AsSpan(16)), Number(picture.AsSpan(20))));

        static int Number(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadInt32BigEndian(bytes);
    }

    [Fact]
    public void A_profile_is_a_page_with_shares()
    {
        string page = ProfileFile.Page(
            Machine, Date, "dotnet run -- profile",
            [new("products, 17", 0.001, 0.002), new("clip", 0, 0.001), new("the step", 0.001, 0.003)]);
        Assert.StartsWith("# A nano step: Some CPU @ 2.5GHz\n\nMeasured on 2026-01-31 and written by\n", page);
        Assert.EndsWith(
            """

            | part, uses   | forward, ms | backward, ms | both, ms | share   |
            | ------------ | ----------- | ------------ | -------- | ------- |
            | products, 17 | 1.00        | 2.00         | 3.00     | 75.0 %  |
            | clip         |             |              | 1.00     | 25.0 %  |
            | the step     | 1.00        | 3.00         | 4.00     | 100.0 % |

            """.ReplaceLineEndings("\n"),
            page);
    }

    [Fact]
    public void A_command_line_keeps_its_arguments_together() => Assert.EndsWith(
        "-- quick --filter \"Composed*\" --rounds 3",
        MeasuredFile.CommandOf("quick", "--filter", "Composed*", "--rounds", "3"));

    [Fact]
    public void A_method_that_cannot_run_tells_why()
    {
        Timing timing = new("missing", () => throw new NotSupportedException("not here"));
        Timing.Measure([timing], rounds: 3);
        Assert.Equal(("not here", 0), (timing.Problem, timing.Seconds.Count));
    }

    [Fact]
    public void Quantiles_lie_on_the_line_between_two_values()
    {
        double[] values = [4, 1, 2];
        Assert.Equal([1, 1.5, 2, 3, 4], ((double[])[0, 0.25, 0.5, 0.75, 1]).Select(of => Quantiles.Of(values, of)));
    }

    private static QuickCase CaseOf(int threads) => new(
        typeof(AdamWRivals),
        [(typeof(AdamWRivals).GetProperty(nameof(AdamWRivals.Size))!, new AdamWRivals.AdamWSize(16, threads))]);
}
