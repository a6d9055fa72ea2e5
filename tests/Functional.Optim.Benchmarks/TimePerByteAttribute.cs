using System.Globalization;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;

namespace Functional.Optim.Benchmarks;

/// <summary>
/// Adds the column of <see cref="CatalogueTraffic"/> that tells the median time per byte moved, AdamW's being 1, and
/// shows names whole.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class TimePerByteAttribute : Attribute, IConfigSource
{
    private const int LongestName = 80;

    public IConfig Config { get; } = ManualConfig.CreateEmpty()
        .AddColumn(new TimePerByteColumn())
        .WithSummaryStyle(SummaryStyle.Default.WithMaxParameterColumnWidth(LongestName));

    private sealed class TimePerByteColumn : IColumn
    {
        public string Id => nameof(TimePerByteColumn);

        public string ColumnName => "Time/byte";

        public string Legend => $"Median time per byte of memory traffic, that of {CatalogueTraffic.Reference} being 1";

        public bool AlwaysShow => true;

        public ColumnCategory Category => ColumnCategory.Custom;

        public int PriorityInCategory => 0;

        public bool IsNumeric => true;

        public UnitType UnitType => UnitType.Dimensionless;

        public bool IsAvailable(Summary summary) => true;

        public bool IsDefault(Summary summary, BenchmarkCase benchmarkCase) => false;

        public string GetValue(Summary summary, BenchmarkCase benchmarkCase) =>
            GetValue(summary, benchmarkCase, summary.Style);

        public string GetValue(Summary summary, BenchmarkCase benchmarkCase, SummaryStyle style)
        {
            BenchmarkCase beside =
                summary.BenchmarksCases.First(one => NameOf(one) == NameOf(benchmarkCase) && summary.IsBaseline(one));
            return (TimePerByte(summary, benchmarkCase) / TimePerByte(summary, beside))
                .ToString("F3", CultureInfo.InvariantCulture);
        }

        private static double TimePerByte(Summary summary, BenchmarkCase of) =>
            (summary[of]?.ResultStatistics?.Median ?? double.NaN)
                / CatalogueTraffic.BytesMoved(summary.IsBaseline(of) ? CatalogueTraffic.Reference : NameOf(of));

        private static string NameOf(BenchmarkCase of) => (string)of.Parameters[nameof(CatalogueTraffic.Name)];
    }
}
