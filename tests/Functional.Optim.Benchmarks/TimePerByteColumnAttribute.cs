using System.Globalization;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;

namespace Functional.Optim.Benchmarks;

/// <summary>Adds the column of <see cref="CatalogueTraffic"/> that tells the median time per byte moved, AdamW's being 1.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class TimePerByteColumnAttribute() : ColumnConfigBaseAttribute(new TimePerByteColumn())
{
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

        public string GetValue(Summary summary, BenchmarkCase benchmarkCase) => GetValue(summary, benchmarkCase, summary.Style);

        public string GetValue(Summary summary, BenchmarkCase benchmarkCase, SummaryStyle style) =>
            (TimePerByte(summary, benchmarkCase) / TimePerByte(summary, summary.BenchmarksCases.First(one => NameOf(one) == CatalogueTraffic.Reference)))
            .ToString("F3", CultureInfo.InvariantCulture);

        private static double TimePerByte(Summary summary, BenchmarkCase of) =>
            (summary[of]?.ResultStatistics?.Median ?? double.NaN) / CatalogueTraffic.BytesMoved(NameOf(of));

        private static string NameOf(BenchmarkCase of) => (string)of.Parameters[nameof(CatalogueTraffic.Name)];
    }
}
