using System.Text.Json.Serialization;

namespace Functional.Optim.Mpi;

/// <summary>The values by name that ranks compare, as JSON without reflection.</summary>
[JsonSerializable(typeof(IReadOnlyDictionary<string, string>))]
[JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class RankValuesJson : JsonSerializerContext;
