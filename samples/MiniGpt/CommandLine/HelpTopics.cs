using System.Collections.Immutable;
using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using CommandLine;
using LanguageModel;

namespace MiniGpt;

/// <summary>
/// The help: without a topic the options of the program, with a topic the optimizers or the
/// schedules and their options.
/// </summary>
public sealed class HelpTopics : SynchronousCommandLineAction
{
    /// <summary>The name of the option that shows the help.</summary>
    public const string Name = "--help";

    private const string Optimizers = "optimizers", Schedules = "schedules";
    private static readonly ImmutableArray<string> Topics = [Optimizers, Schedules];

    private readonly HelpAction options = CommandHelp.Action();
    private readonly PresetTable presets;
    private readonly Option<string?> topic;

    private HelpTopics(PresetTable presets)
    {
        this.presets = presets;
        topic = new Option<string?>(Name, "-h", "-?", "/h", "/?")
        {
            Description = $"This help; --help {Optimizers} and --help {Schedules} list those",
            HelpName = "TOPIC",
            Arity = ArgumentArity.ZeroOrOne,
            Action = this,
        };
        topic.Validators.Add(given =>
        {
            if (given.Tokens is [{ Value: string text }, ..] && !Topics.Contains(text))
                given.AddError($"{Name} is {text}; allowed is {Words.Or(Topics)}{Suggestion.For(text, Topics)}");
        });
    }

    /// <summary>The option that shows the help.</summary>
    /// <param name="presets">The defaults of the presets.</param>
    public static Option Option(PresetTable presets) => new HelpTopics(presets).topic;

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        ArgumentNullException.ThrowIfNull(parseResult);
        TextWriter output = parseResult.InvocationConfiguration.Output;
        switch (parseResult.GetValue(topic))
        {
            case Optimizers:
                CatalogueHelp.Write(output, options.MaxWidth, "Optimizers", OptimizerChoice.Known,
                    "lion(beta1=0.95, weightDecay=1)",
                    "learningRate comes from --schedule, weightDecay from --weight-decay, the momentum of 'momentum' "
                    + "and the betas of adam and adamW from --preset; decay and filter are 'matrices'. The base of "
                    + "scheduleFree gets these too. muon and its kin get the matrices of the blocks, and adamW the "
                    + "other leaves, at --adam-rate.");
                break;
            case Schedules:
                CatalogueHelp.Write(output, options.MaxWidth, "Schedules", ScheduleChoice.Known,
                    "stepDecay(every=500, gamma=0.5)",
                    "peak and rate come from --learning-rate, warmupSteps from --warmup, totalSteps from --steps, "
                    + "floor from --preset.");
                break;
            default:
                options.Invoke(parseResult);
                presets.Write(output);
                output.WriteLine("Where the warm-up of the preset is not below --steps, it is a twentieth of --steps.");
                break;
        }

        return ExitCode.Success;
    }
}
