using System.Collections.Immutable;
using System.Text;
using LanguageExt;
using LanguageExt.Common;
using Functional.Optim.Laws;
using Functional.Optim.Tests.Laws;
using Functional.Optim.Tests.Processes;

namespace Functional.Optim.Tests.Catalogues;

/// <summary>Texts of any kind and any length, which a catalogue takes from anybody.</summary>
public class CatalogueTextTests
{
    private const int LongestFault = 50_000;

    private static readonly string[] Words =
    [
        .. Optim.Catalogue.All.Select(entry => entry.Name),
        .. Optim.Catalogue.All.SelectMany(entry => entry.Options).Select(option => option.Name).Distinct(),
        "(", "(", ")", ")", ",", ",", "=", "=", " ", "*", " then ", ".", ".withState(", ".withGroup(", "partition(",
        "identity", "[", "]", ";", "0", "1", "-1", "2", "0.5", "1e-3", "1e308", "NaN", "Infinity",
        "99999999999999999999",
        "true", "false", "all", "none", "matrices", "*.weight", "\u0000", "\u00a0", "ß", "İ", "\ud800", "\n", "",
    ];

    [Fact]
    public void Any_text_is_built_or_refused_in_few_words_and_what_is_read_is_written_as_it_is_read()
    {
        (int count, int seed) = (Effort.Times(4_000), Seed.Number);
        Random random = new(seed);
        int built = 0;
        for (int round = 0; round < count; round++)
        {
            string text = random.Next(2) == 0 ? Mutated(Valid(random, depth: 3), random) : Drawn(random);
            foreach (EntryText read in EntryText.Parse(text).SuccessToSeq())
            {
                EntryText again = EntryText.Parse(read.ToString()).OrThrow(text);
                Assert.Equal(read.ToString(), again.ToString());
                Assert.Equal(read.Options.ToArray(), again.Options.ToArray());
            }

            built += Try(Optim.Catalogue.Optimizers, text) + Try(Optim.Catalogue.Transforms, text)
                + Try(Optim.Catalogue.Schedules, text)
                + Try([Optim.Catalogue.Lbfgs], text) + Try([Optim.Catalogue.Plateau], text);
            built += Built(Optim.Catalogue.Build(text), text) + Built(Optim.Catalogue.BuildSchedule(text), text);
        }

        Assert.True(built > count / 20, $"{built} built with seed {seed}");

        int Try<T>(ImmutableArray<CatalogueEntry<T>> entries, string text) => Built(entries.Build(text), text);

        int Built<T>(Validation<Error, T> outcome, string text) => outcome.Match(
            Succ: made =>
            {
                Assert.NotEmpty(made!.ToString()!);
                Assert.Equal(made, made);
                if (made is Schedule schedule)
                    Assert.All((long[])[0, 1, 7, long.MaxValue], step => Assert.True(schedule.At(step) >= 0, text));
                return 1;
            },
            Fail: errors =>
            {
                Assert.InRange(errors.Sum(error => error.Message.Length), 1, LongestFault);
                return 0;
            });
    }

    /// <summary>Texts that grow in every way a text can, each on a small stack.</summary>
    [Theory]
    [InlineData("accumulate(every=2,inner=", "sgd(learningRate=1)", ")")]
    [InlineData("partitionMasked(matches=all,optimizer=", "sgd(learningRate=1)", ")")]
    [InlineData("applyIfFinite(inner=", "sgd(learningRate=1)", ")")]
    [InlineData("sgd(learningRate=", "1", ")")]
    [InlineData("sgd(learningRate=", ",", "")]
    [InlineData("sgd(learningRate=1", ",", "")]
    [InlineData("", "sgd(", "")]
    [InlineData("a", "a", "a")]
    [InlineData("", "(", ")")]
    [InlineData("", ")", "(")]
    [InlineData("", "=,", "")]
    [InlineData("multiStepDecay(rate=1,milestones=", "1", "")]
    public void A_long_text_takes_memory_in_proportion_and_its_faults_are_short(
        string before, string middle, string after)
    {
        const int times = 20_000;
        foreach (string text in (string[])
                 [
                     string.Concat(Enumerable.Repeat(before, times)) + middle
                     + string.Concat(Enumerable.Repeat(after, times)),
                     before + string.Concat(Enumerable.Repeat(middle, times)) + after,
                     $"sgd(learningRate={before}{string.Concat(Enumerable.Repeat($"{middle},", times))}{after})",
                 ])
        {
            SmallStack.Run(() =>
            {
                long earlier = GC.GetAllocatedBytesForCurrentThread();
                string errors = string.Concat(
                    ValidationErrors(Optim.Catalogue.Optimizers, text),
                    ValidationErrors(Optim.Catalogue.Transforms, text),
                    ValidationErrors(Optim.Catalogue.Schedules, text),
                    ValidationErrors([Optim.Catalogue.Lbfgs], text), ValidationErrors([Optim.Catalogue.Plateau], text),
                    Errors(Optim.Catalogue.Build(text)));
                long allocated = GC.GetAllocatedBytesForCurrentThread() - earlier;
                Assert.InRange(errors.Length, 1, LongestFault);
                Assert.InRange(allocated, 0, 2_000_000 + (6L * 30 * text.Length));
            });
        }
    }

    [Fact]
    public void Many_options_are_one_fault_and_many_milestones_are_none()
    {
        string options = string.Join(',', Enumerable.Range(0, 65).Select(index => $"o{index}=1"));
        Assert.EndsWith(" gives more than 64 options", ValidationErrors(Optim.Catalogue.Optimizers, $"sgd({options})"),
            StringComparison.Ordinal);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Schedule schedule = Optim.Catalogue.Schedules
            .Build($"multiStepDecay(rate=1,gamma=0.5,milestones={string.Join(',', Enumerable.Range(1, 10_001))})")
            .OrThrow("text");
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 20_000_000);
        double[] expected = [1, 0.5, 0.25, 0];
        Assert.Equal(expected, new long[] { 0, 1, 2, 10_001 }.Select(schedule.At));
    }

    [Theory]
    [InlineData(32, true)]
    [InlineData(33, false)]
    public void Texts_are_nested_up_to_32_deep(int depth, bool allowed)
    {
        string text = string.Concat(Enumerable.Repeat("accumulate(every=1,inner=", depth - 1)) + "sgd(learningRate=1)"
            + new string(')', depth - 1);
        string found = EntryText.Parse(text)
            .Match(Succ: _ => "", Fail: errors => string.Join("; ", errors.Map(error => error.Message)));
        Assert.Equal(allowed ? "" : "nested deeper than 32", found.Split(" is ")[^1]);
    }

    [Fact]
    public void No_entries_are_refused()
    {
        Assert.Equal("entries", Assert.ThrowsAny<ArgumentException>(
            () => { _ = ImmutableArray<CatalogueEntry<Schedule>>.Empty.Build("a"); }).ParamName);
        Assert.Equal("entries", Assert.ThrowsAny<ArgumentException>(
            () => { _ = default(ImmutableArray<CatalogueEntry<Schedule>>).Find("a"); }).ParamName);
        Assert.Equal("name", Assert.Throws<ArgumentNullException>(() => { _ = Optim.Catalogue.Schedules.Find(null!); })
            .ParamName);
    }

    private static string ValidationErrors<T>(ImmutableArray<CatalogueEntry<T>> entries, string text) =>
        Errors(entries.Build(text));

    private static string Errors<T>(Validation<Error, T> outcome) => outcome.Match(
        Succ: _ => "", Fail: errors => string.Join("; ", errors.Map(error => error.Message)));

    private static string Drawn(Random random) =>
        string.Concat(Enumerable.Range(0, random.Next(1, 24)).Select(_ => Words[random.Next(Words.Length)]));

    /// <summary>An entry with options that it has, some with values that they may have.</summary>
    private static string Valid(Random random, int depth)
    {
        CatalogueEntry entry = Optim.Catalogue.All[random.Next(Optim.Catalogue.All.Length)];
        IEnumerable<string> options = entry.Options
            .Where(option => option.Default is null || random.Next(3) == 0)
            .Select(option => $"{option.Name}={Value(option)}");
        return $"{entry.Name}({string.Join(", ", options)})";

        string Value(CatalogueOption option) => option.Type switch
        {
            "an integer" or "an integer or nothing" => $"{random.Next(1, 20)}",
            "integers with commas between" => "1, 2,30",
            "leaves" => "*.weight",
            "an optimizer" or "a number or a schedule" when depth > 0 && random.Next(4) > 0 => Valid(random, depth - 1),
            "an optimizer" => "sgd(learningRate=1)",
            "a word" => option.Allowed.Split(", ")[0],
            _ => $"0.{random.Next(1, 9)}",
        };
    }

    private static string Mutated(string text, Random random)
    {
        StringBuilder changed = new(text);
        for (int change = random.Next(4); change > 0 && changed.Length > 0; change--)
        {
            int at = random.Next(changed.Length);
            if (random.Next(2) == 0) changed.Remove(at, Math.Min(changed.Length - at, random.Next(1, 4)));
            else changed.Insert(at, Words[random.Next(Words.Length)]);
        }

        return changed.ToString();
    }
}
