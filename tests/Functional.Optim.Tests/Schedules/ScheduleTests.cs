using System.Text.Json;
using Functional.Optim.Tests.Golden;

namespace Functional.Optim.Tests.Schedules;

public class ScheduleTests
{
    [Fact]
    public void The_five_kinds_agree_with_the_source_text_wherever_it_is_right()
    {
        int compared = 0;
        foreach (JsonElement golden in GoldenFile.Read("schedules.json").GetProperty("cases").EnumerateArray())
        {
            string kind = golden.GetProperty("schedule_type").GetString()!;
            double peak = golden.GetProperty("max_lr").GetDouble();
            double floor = golden.GetProperty("min_lr").GetDouble();
            long warmup = golden.GetProperty("warmup_steps").GetInt64();
            long total = golden.GetProperty("total_steps").GetInt64();
            bool decays = kind is not ("constant" or "linear_warmup");
            if (decays && total <= warmup)
            {
                Assert.ThrowsAny<ArgumentException>(() => Build(kind, peak, floor, warmup, total));
                continue;
            }

            if (kind == "exponential_decay" && floor == 0)
            {
                Assert.ThrowsAny<ArgumentException>(() => Build(kind, peak, floor, warmup, total));
                continue;
            }

            Schedule schedule = Build(kind, peak, floor, warmup, total);
            JsonElement[] rates = [.. golden.GetProperty("lr").EnumerateArray()];
            long[] steps = [.. golden.GetProperty("steps").EnumerateArray().Select(step => step.GetInt64())];
            for (int index = 0; index < steps.Length; index++)
            {
                bool pastTheEnd = kind == "exponential_decay" && steps[index] > total;
                if (pastTheEnd) continue;
                Assert.Equal(rates[index].Number(), schedule.At(steps[index]), 1e-15);
                compared++;
            }
        }

        Assert.True(compared > 1000, $"{compared} rates");
    }

    [Fact]
    public void Combinators_do_what_they_say()
    {
        Schedule schedule = Schedule.LinearWarmup(1, 10);
        Assert.Equal(0.3, schedule.At(3));
        Assert.Equal(0.2, schedule.ZeroBased().At(3));
        Assert.Equal(0.6, schedule.Scale(2).At(3));
        Assert.Equal(0.5, schedule.Clamp(0.5, 0.8).At(3));
        Assert.Equal(0.8, schedule.Clamp(0.5, 0.8).At(30));
        Assert.Equal(0.1, schedule.Then(schedule, 5).At(6));
        Assert.Equal(0.5, schedule.Then(schedule, 5).At(5));
        Assert.Equal([0.1, 0.2, 0.3], schedule.Preview(3));
    }

    [Fact]
    public void Every_error_is_listed()
    {
        ArgumentException error = Assert.ThrowsAny<ArgumentException>(
            () => Schedule.WarmupCosine(double.NaN, -1, -2, -3));
        foreach (string name in (string[])["peak", "warmupSteps", "totalSteps", "floor"])
            Assert.Contains(name, error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => Schedule.Constant(1).At(-1));
    }

    [Fact]
    public void A_number_that_is_not_a_rate_is_rejected_wherever_it_is_used_as_a_schedule()
    {
        Schedule good = Schedule.LinearWarmup(1, 10), bad = -1;
        const string allowed = "is -1; allowed is finite and not negative.";
        Assert.Equal($"Schedule.Then: next {allowed}", ErrorOf(() => good.Then(-1, 5)));
        Assert.Equal($"Schedule.Then: rate {allowed}", ErrorOf(() => bad.Then(good, 5)));
        Assert.Equal($"Schedule.Scale: rate {allowed}", ErrorOf(() => bad.Scale(2)));
        Assert.Equal($"Schedule.Clamp: rate {allowed}", ErrorOf(() => bad.Clamp(0, 1)));
        Assert.Equal($"rate {allowed}", ErrorOf(() => bad.ZeroBased()));
        Assert.Equal($"Rate {allowed}", ErrorOf(() => bad.At(1)));
        Assert.Equal(
            $"Schedule.Sequential: schedules[1] {allowed}", ErrorOf(() => Schedule.Sequential([good, -1], [5])));
        Assert.Equal($"Schedule.Chained: schedules[0] {allowed}", ErrorOf(() => Schedule.Chained(-1, good)));

        static string ErrorOf(Func<object> make) => Assert.ThrowsAny<ArgumentException>(() => { make(); }).Message;
    }

    private static Schedule Build(string kind, double peak, double floor, long warmup, long total) => kind switch
    {
        "constant" => Schedule.Constant(peak),
        "linear_warmup" => Schedule.LinearWarmup(peak, warmup),
        "cosine_with_warmup" => Schedule.WarmupCosine(peak, warmup, total, floor),
        "polynomial_decay" => Schedule.WarmupPolynomial(peak, warmup, total, floor),
        _ => Schedule.WarmupExponential(peak, warmup, total, floor),
    };
}
