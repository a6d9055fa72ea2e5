namespace Functional.Optim.Tests.Schedules;

public class FunctionScheduleTests
{
    [Fact]
    public void A_function_of_the_step_is_a_schedule_without_a_text()
    {
        Schedule schedule = Schedule.Of(step => 1.0 / step);
        Assert.Equal([1, 0.5, 1.0 / 3], schedule.Preview(3));
        Assert.Equal(0.5, AdamW.Of(schedule).LearningRateAt(2));
        Assert.Throws<InvalidOperationException>(() => Schedule.Of(_ => double.NaN).At(1));
        Assert.Throws<ArgumentNullException>(() => Schedule.Of(null!));
        Assert.True(OptimizerText.Of(AdamW.Of(schedule)).IsFail);
    }

    [Fact]
    public void An_exponential_rise_has_the_same_ratio_at_each_step()
    {
        Schedule rise = Schedule.ExponentialRise(from: 1e-4, to: 1, steps: 4);
        Assert.Equal([1e-4, 1e-3, 1e-2, 0.1, 1, 1], new[] { 0L, 1, 2, 3, 4, long.MaxValue }.Select(
            step => Math.Round(rise.At(step), 12)));
        string message = Assert.ThrowsAny<ArgumentException>(() => Schedule.ExponentialRise(0, -1, 0)).Message;
        foreach (string name in (string[])["from is 0", "to is -1", "steps is 0"])
            Assert.Contains(name, message, StringComparison.OrdinalIgnoreCase);
    }
}
