using FsCheck;
using FsCheck.Xunit;

namespace Functional.Optim.Tests.Schedules;

/// <summary>The closed forms, compared with torch's recursions, which change one rate at each epoch.</summary>
public class TorchScheduleTests
{
    private const double Rate = 0.05;
    private const int Epochs = 120;

    [Property]
    public void Step_decay_is_StepLR(PositiveInt size, byte fraction)
    {
        (int every, double gamma) = (1 + (size.Get % 50), Fraction(fraction));
        double rate = Rate;
        Agree(Schedule.StepDecay(Rate, every, gamma), epoch => epoch > 0 && epoch % every == 0 ? rate *= gamma : rate);
    }

    [Property]
    public void Multi_step_decay_is_MultiStepLR(byte[] drawn, byte fraction)
    {
        (long[] milestones, double gamma) = ([.. drawn.Select(step => (long)step).Order()], Fraction(fraction));
        double rate = Rate;
        Agree(
            Schedule.MultiStepDecay(Rate, milestones, gamma),
            epoch => rate *= Math.Pow(gamma, milestones.Count(step => step == epoch)));
    }

    [Property]
    public void Constant_factor_is_ConstantLR(PositiveInt total, byte fraction)
    {
        (int steps, double factor) = (1 + (total.Get % 50), Fraction(fraction));
        double rate = Rate;
        Agree(
            Schedule.ConstantFactor(Rate, steps, factor),
            epoch => rate *= epoch == 0 ? factor : epoch == steps ? 1 / factor : 1);
    }

    [Property]
    public void Linear_factor_is_LinearLR(PositiveInt total, byte first, byte last)
    {
        (int steps, double start, double end) = (1 + (total.Get % 50), Fraction(first), Fraction(last));
        double rate = Rate;
        Agree(Schedule.LinearFactor(Rate, steps, start, end), epoch => rate *= epoch switch
        {
            0 => start,
            _ when epoch > steps => 1,
            _ => 1 + ((end - start) / ((steps * start) + ((epoch - 1) * (end - start)))),
        });
    }

    [Property]
    public void Exponential_decay_is_ExponentialLR(byte fraction)
    {
        double rate = Rate, gamma = Fraction(fraction);
        Agree(Schedule.ExponentialDecay(Rate, gamma), epoch => epoch == 0 ? rate : rate *= gamma);
    }

    [Property]
    public void Polynomial_is_PolynomialLR(PositiveInt total, byte fraction)
    {
        (int steps, double power) = (1 + (total.Get % 50), 3 * Fraction(fraction));
        double rate = Rate;
        Agree(Schedule.Polynomial(Rate, steps, power: power), epoch => epoch == 0 || epoch > steps
            ? rate
            : rate *= Math.Pow((1 - ((double)epoch / steps)) / (1 - ((epoch - 1.0) / steps)), power));
    }

    [Property]
    public void Cosine_is_CosineAnnealingLR_up_to_its_end(PositiveInt total, byte fraction)
    {
        (int steps, double floor) = (1 + (total.Get % 50), Rate * Fraction(fraction));
        double rate = Rate;
        Schedule schedule = Schedule.Cosine(Rate, steps, floor);
        for (int epoch = 1; epoch <= steps; epoch++)
        {
            double ratio = (1 + Math.Cos(Math.PI * epoch / steps)) / (1 + Math.Cos(Math.PI * (epoch - 1) / steps));
            rate = (ratio * (rate - floor)) + floor;
            Assert.Equal(rate, schedule.At(epoch), 1e-14);
        }

        Assert.Equal(floor, schedule.At(steps + 1));
    }

    [Property]
    public void Cosine_restarts_are_CosineAnnealingWarmRestarts(PositiveInt first, PositiveInt times, byte fraction)
    {
        (int period, int factor, double floor) = (1 + (first.Get % 30), 1 + (times.Get % 4), Rate * Fraction(fraction));
        (int since, int length) = (-1, period);
        Agree(Schedule.CosineRestarts(Rate, period, factor, floor), _ =>
        {
            if (++since >= length) (since, length) = (since % length, length * factor);
            return floor + ((Rate - floor) * (1 + Math.Cos(Math.PI * since / length)) / 2);
        });
    }

    [Theory]
    [InlineData(3, 3, 5)]
    [InlineData(10, 10, 17)]
    [InlineData(1, 2, 61)]
    [InlineData(7, 1_000_000, 2)]
    public void A_restart_is_exact_after_any_number_of_periods(long first, long factor, int periods)
    {
        Int128 start = 0, period = first;
        for (int done = 0; done < periods; done++) (start, period) = (start + period, period * factor);
        Schedule schedule = Schedule.CosineRestarts(Rate, first, factor);
        Assert.Equal(Rate, schedule.At((long)start));
        Assert.InRange(schedule.At((long)start - 1), 0, 0.8 * Rate);
    }

    [Property]
    public void One_cycle_is_OneCycleLR_with_its_momentum(
        PositiveInt total, byte fraction, bool threePhases, bool linear)
    {
        int steps = 2 + (total.Get % 100);
        double rise = Fraction(fraction) / 2, start = Rate / 20, end = start / 100, riseEnd = (rise * steps) - 1;
        (double End, double From, double To, double MomentumFrom, double MomentumTo)[] phases = threePhases
            ?
            [
                (riseEnd, start, Rate, 0.95, 0.85),
                ((2 * rise * steps) - 2, Rate, start, 0.85, 0.95),
                (steps - 1, start, end, 0.95, 0.95),
            ]
            : [(riseEnd, start, Rate, 0.95, 0.85), (steps - 1, Rate, end, 0.85, 0.95)];
        OneCycle schedule = Schedule.OneCycle(
            Rate, steps, rise, linear ? Anneal.Linear : Anneal.Cosine, 20, 100, threePhases);
        (double[] rates, double[] momenta) = (
            schedule.ZeroBased().Preview(steps + 5), schedule.Momentum().ZeroBased().Preview(steps + 5));
        for (int epoch = 0; epoch < steps; epoch++)
        {
            double phaseStart = 0;
            foreach (var phase in phases)
            {
                if (epoch <= phase.End || phase == phases[^1])
                {
                    double progress = phase.End == phaseStart ? 1 : (epoch - phaseStart) / (phase.End - phaseStart);
                    double Annealed(double from, double to) =>
                        linear
                            ? ((to - from) * progress) + from
                            : to + ((from - to) / 2 * (Math.Cos(Math.PI * progress) + 1));
                    Assert.Equal(Annealed(phase.From, phase.To), rates[epoch], 1e-14);
                    Assert.Equal(Annealed(phase.MomentumFrom, phase.MomentumTo), momenta[epoch], 1e-14);
                    break;
                }

                phaseStart = phase.End;
            }
        }

        Assert.All(rates[(steps - 1)..], rate => Assert.Equal(end, rate, 1e-18));
        Assert.All(momenta[(steps - 1)..], momentum => Assert.Equal(0.95, momentum));
    }

    [Property]
    public void Cyclic_is_CyclicLR_with_its_momentum(PositiveInt up, PositiveInt down, byte fraction, int drawn)
    {
        (int stepsUp, int stepsDown, double gamma) = (1 + (up.Get % 30), 1 + (down.Get % 30), Fraction(fraction));
        CyclicMode mode = (CyclicMode)Math.Abs(drawn % 3);
        Cyclic schedule = Schedule.Cyclic(Rate / 10, Rate, stepsUp, stepsDown, mode, gamma);
        double size = stepsUp + stepsDown, ratio = stepsUp / size;
        double Height(int epoch)
        {
            double cycle = Math.Floor(1 + (epoch / size)), x = 1 + (epoch / size) - cycle;
            double height = x <= ratio ? x / ratio : (x - 1) / (ratio - 1);
            return height * mode switch
            {
                CyclicMode.Triangular => 1,
                CyclicMode.Triangular2 => 1 / Math.Pow(2, cycle - 1),
                _ => Math.Pow(gamma, epoch),
            };
        }

        Agree(schedule, epoch => (Rate / 10) + ((Rate - (Rate / 10)) * Height(epoch)));
        Agree(schedule.Momentum(), epoch => 0.9 - ((0.9 - 0.8) * Height(epoch)));
        Assert.Equal(Schedule.Cyclic(0.1, 1, 7, 7), Schedule.Cyclic(0.1, 1, 7));
    }

    [Property]
    public void Sequential_is_SequentialLR_of_zero_based_parts(PositiveInt first, PositiveInt second, byte fraction)
    {
        int one = 1 + (first.Get % 40), two = one + (second.Get % 40);
        double gamma = Fraction(fraction);
        Schedule[] parts =
        [
            Schedule.ConstantFactor(Rate, 20, 0.1),
            Schedule.ExponentialDecay(Rate, gamma),
            Schedule.LinearFactor(Rate, 30),
        ];
        double[] updates = Schedule.Sequential(
            parts.Select(schedule => schedule.ZeroBased()), [one, two]).Preview(Epochs);
        double rate = 0;
        for (int epoch = 0; epoch < Epochs; epoch++)
        {
            if (epoch == 0) rate = Rate * 0.1;
            else if (epoch < one) rate *= epoch == 20 ? 10 : 1;
            else if (epoch < two) rate = epoch == one ? Rate : rate * gamma;
            else if (epoch == two) rate = Rate / 3;
            else if (epoch - two <= 30) rate *= 1 + (2.0 / 3 / (10 + ((epoch - two - 1) * 2.0 / 3)));
            Assert.Equal(rate, updates[epoch], 1e-14);
        }
    }

    [Fact]
    public void Sequential_and_chained_have_the_rates_that_torch_documents()
    {
        double[] sequential = Schedule.Sequential(
            [Schedule.ConstantFactor(0.05, 20, 0.1).ZeroBased(), Schedule.ExponentialDecay(0.05, 0.9).ZeroBased()],
            [20]).Preview(23);
        foreach ((int epoch, double rate) in
            (IEnumerable<(int, double)>)[(0, 0.005), (19, 0.005), (20, 0.05), (21, 0.045), (22, 0.0405)])
            Assert.Equal(rate, sequential[epoch], 1e-15);

        Schedule chained = Schedule.Chained(Schedule.ConstantFactor(0.5, 20, 0.1), Schedule.ExponentialDecay(1, 0.9));
        foreach ((int epoch, double rate) in (IEnumerable<(int, double)>)
                 [(0, 0.05), (1, 0.045), (2, 0.0405), (19, 0.00675), (20, 0.06078), (21, 0.0547)])
            Assert.Equal(rate, chained.At(epoch), 1e-5);
    }

    [Property]
    public void Chained_is_ChainedScheduler_for_schedules_that_multiply(PositiveInt size, byte fraction)
    {
        (int every, double gamma) = (1 + (size.Get % 20), Fraction(fraction));
        double rate = Rate;
        Schedule chained = Schedule.Chained(
            Schedule.ConstantFactor(Rate, 30, 0.25),
            Schedule.StepDecay(1, every, gamma),
            Schedule.ExponentialDecay(1, 0.99));
        Agree(chained, epoch =>
        {
            rate *= epoch == 0 ? 0.25 : epoch == 30 ? 4 : 1;
            if (epoch > 0 && epoch % every == 0) rate *= gamma;
            return epoch == 0 ? rate : rate *= 0.99;
        });
    }

    private static void Agree(Schedule schedule, Func<int, double> torch)
    {
        for (int epoch = 0; epoch < Epochs; epoch++)
        {
            double expected = torch(epoch);
            Assert.Equal(expected, schedule.At(epoch), 1e-12 * expected);
        }
    }

    /// <summary>In (0, 1).</summary>
    private static double Fraction(byte drawn) => (drawn + 1) / 257.0;
}
