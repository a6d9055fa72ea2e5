using System.Collections.Immutable;
using System.Numerics;

namespace Functional.Optim.Training;

/// <summary>A setting that differs between a checkpoint and the run that is to continue it.</summary>
/// <param name="Name">The name of the setting.</param>
/// <param name="Saved">Its value in the checkpoint; <see langword="null"/> where it has none.</param>
/// <param name="Now">Its value now; <see langword="null"/> where it has none.</param>
public sealed record SettingChange(string Name, string? Saved, string? Now)
{
    /// <summary>The setting under which the text of the optimizer is compared.</summary>
    public const string Optimizer = "optimizer";

    /// <summary>
    /// The settings that differ, by name. The text of the optimizer is one of them, unless the configurations have a
    /// setting of this name themselves. Where one side has no configuration, or no text, there is nothing to compare.
    /// </summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <param name="optimizer">The optimizer that is to continue it.</param>
    /// <param name="configuration">The settings of the run that is to continue it.</param>
    public static ImmutableArray<SettingChange> Between<T>(
        Checkpoint<T> checkpoint, Optimizer optimizer, ImmutableSortedDictionary<string, string> configuration)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        ArgumentNullException.ThrowIfNull(optimizer);
        ArgumentNullException.ThrowIfNull(configuration);
        ImmutableSortedDictionary<string, string> saved = checkpoint.Configuration;
        bool compares = !saved.IsEmpty && !configuration.IsEmpty;
        ImmutableArray<SettingChange>.Builder changes = ImmutableArray.CreateBuilder<SettingChange>();
        if (compares)
        {
            foreach (string name in saved.Keys.Union(configuration.Keys).Order(StringComparer.Ordinal))
                Compare(name, saved.GetValueOrDefault(name), configuration.GetValueOrDefault(name));
        }

        bool isText = compares && saved.ContainsKey(Optimizer);
        string now = isText ? "" : OptimizerText.Of(optimizer).IfFail("");
        if (now.Length > 0 && checkpoint.OptimizerText.Length > 0)
            Compare(Optimizer, checkpoint.OptimizerText, now);
        return changes.ToImmutable();

        void Compare(string name, string? before, string? now)
        {
            if (before != now) changes.Add(new(name, before, now));
        }
    }

    /// <summary>Fails unless every change is allowed by its name; the message lists the others.</summary>
    /// <param name="changes">The changes.</param>
    /// <param name="allowed">The names of the settings that may change.</param>
    /// <exception cref="ArgumentException">A change is not allowed.</exception>
    public static void RequireNone(ImmutableArray<SettingChange> changes, ImmutableHashSet<string> allowed)
    {
        ArgumentNullException.ThrowIfNull(allowed);
        SettingChange[] refused = [.. changes.Where(change => !allowed.Contains(change.Name))];
        if (refused.Length > 0)
        {
            throw new ArgumentException(
                $"The checkpoint was made with other settings: {string.Join("; ", refused.Select(each => each))}.");
        }
    }

    /// <summary>The change, such as <c>learning-rate was 0.001, is 0.01</c>.</summary>
    public override string ToString() => $"{Name} was {Saved ?? "not set"}, is {Now ?? "not set"}";
}
