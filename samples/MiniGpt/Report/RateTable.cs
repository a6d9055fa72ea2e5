using System.Globalization;
using Functional.Optim.Training;

namespace MiniGpt;

/// <summary>A learning-rate range test as comma-separated values.</summary>
public static class RateTable
{
    /// <summary>Writes a line for each step.</summary>
    /// <param name="file">Where it is written.</param>
    /// <param name="sweep">The test.</param>
    public static void Write(Stream file, RateSweep sweep)
    {
        ArgumentNullException.ThrowIfNull(sweep);
        using StreamWriter writer = new(file, leaveOpen: true) { NewLine = "\n" };
        writer.WriteLine("learningRate,loss,smoothedLoss");
        foreach (RatePoint point in sweep.Points)
        {
            writer.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{point.Rate},{point.Loss},{point.SmoothedLoss}"));
        }
    }
}
