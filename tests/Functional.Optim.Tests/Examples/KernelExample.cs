using Functional.Optim.Kernels;

namespace Functional.Optim.Tests.Examples;

/// <summary>The example of the package of kernels: a chain of rules over spans.</summary>
public class KernelExample
{
    [Fact]
    public void A_step_of_Adam_over_spans()
    {
        float[] theta = [1, 2, 3], gradient = [0.5f, -0.25f, 0], m = new float[3], v = new float[3];
        float[] expected = [.. theta], newM = new float[3], newV = new float[3];
        Adam.Of(0.001).Step<float>(10, theta, gradient, new(m, v), expected, new(newM, newV));

        #region src/Functional.Optim.Kernels/README.md
        AdamRule<float> adam = new(beta1: 0.9, beta2: 0.999, epsilon: 1e-8, biasCorrection: true, step: 10);
        Then<float, AdamRule<float>, Then<float, ScaleRule<float>, ApplyRule<float>>> rule =
            new(adam, new(new(0.001f), default));
        Elementwise.Run(rule, theta, gradient, theta, new(m, v), new(m, v));
        #endregion

        Assert.Equal(expected, theta);
        Assert.Equal(newM, m);
        Assert.Equal(newV, v);
    }
}
