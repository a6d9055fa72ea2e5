using System.Collections.Immutable;

namespace Functional.Optim.Training;

/// <summary>
/// The likely causes of a fault and what to try: the troubleshooting guide of the source text, continued.
/// </summary>
internal sealed record FaultGuide(string Title, ImmutableArray<string> Causes, ImmutableArray<string> Remedies)
{
    private static readonly ImmutableDictionary<Fault, FaultGuide> Guides = new Dictionary<Fault, FaultGuide>
    {
        [Fault.LossExploding] = new(
            "The loss explodes",
            ["the learning rate is too high", "gradients explode", "the model computes with too large or too small "
                + "numbers", "the batch is too small"],
            ["lower the learning rate or warm up longer", "clip the gradient to a norm of 1", "look for exponentials, "
                + "divisions and logarithms in the model", "take a larger batch"]),
        [Fault.NonFiniteGradients] = new(
            "Gradients are not finite",
            ["the model overflows, or divides by 0", "a batch has NaN or infinities, or is empty", "the learning rate "
                + "is too high"],
            ["look at the batch of the step", "look at the leaf: the layer that uses it overflows", "clip the gradient "
                + "and lower the learning rate"]),
        [Fault.LossNotFalling] = new(
            "The loss does not fall",
            ["the learning rate is too low, or so high that it undoes each step", "gradients vanish, or do not reach "
                + "the parameters", "the data do not say what is asked: labels or their order are wrong", "a poor "
                + "initialization", "the model is too small"],
            ["sweep the learning rate", "train on one batch until its loss is near 0: if that fails, the gradient or "
                + "the model is wrong", "check the preparation of the data and the labels", "check residual "
                + "connections and layer norms", "take another initialization or a larger model"]),
        [Fault.SlowConvergence] = new(
            "The loss converges slowly",
            ["the run is too short for its learning rate", "the warm-up is too long", "the schedule decays too early",
                "weight decay is too strong", "the batch is too large or too small"],
            ["train for more steps", "raise the learning rate", "shorten the warm-up to 0.5 to 5 % of the steps",
                "try another schedule", "lower the weight decay", "try another batch size"]),
        [Fault.Overfitting] = new(
            "The model overfits",
            ["the model is large for the data", "there are too few data", "the run is too long", "weight decay or "
                + "other regularization is too weak"],
            ["stop early, or keep the parameters of the best validation", "get more data or augment them", "raise the "
                + "weight decay or add dropout", "take a smaller model"]),
        [Fault.LossSpikes] = new(
            "The loss has spikes",
            ["the learning rate is too high", "some batches are unlike the others or wrong", "β₂ of Adam remembers "
                + "too long: gradients grow faster than their mean square"],
            ["look at the batches of these steps", "clip the gradient to a norm of 1", "lower the learning rate or "
                + "warm up longer", "try β₂ = 0.95"]),
        [Fault.VanishingGradients] = new(
            "Gradients vanish in some leaves",
            ["many layers that each shrink the gradient, such as saturated sigmoids", "an initialization that is too "
                + "small or too large", "no residual connections or norms"],
            ["use residual connections and layer norms", "take ReLU, GELU or SiLU instead of sigmoid or tanh", "scale "
                + "the initialization by the width of the layer", "take an optimizer that scales each leaf, such as "
                + "AdamW"]),
        [Fault.ExplodingGradients] = new(
            "Gradients explode",
            ["the learning rate is too high", "many layers that each enlarge the gradient", "an initialization that "
                + "is too large", "some batches are unlike the others or wrong"],
            ["clip the gradient to a norm of 1", "lower the learning rate or warm up longer", "use residual "
                + "connections and layer norms", "look at the batch of the step"]),
        [Fault.DeadLeaves] = new(
            "Leaves do not train",
            ["the loss does not depend on them", "their units are dead: ReLUs that are 0 for every input", "they are "
                + "frozen, or their learning rate is 0", "updates are too small for the precision of the parameters"],
            ["check that the model uses them", "lower the learning rate, or take GELU or SiLU instead of ReLU", "check "
                + "the groups in the report of the optimizer", "raise the learning rate, or train in double"]),
        [Fault.ExplodingUpdates] = new(
            "Updates are too large",
            ["the learning rate of these leaves is too high", "they begin too small", "ε of Adam is too small for "
                + "their gradients"],
            ["lower the learning rate, or that of their group", "scale their initialization by the width of the layer",
                "warm up longer", "try LAMB or LARS, which bound this ratio"]),
        [Fault.LearningRateTooHigh] = new(
            "The learning rate is too high",
            ["the peak is too high for this model and batch", "the warm-up is too short", "nothing clips large "
                + "gradients"],
            ["lower the peak by a factor of 3", "warm up longer", "clip the gradient to a norm of 1", "sweep the "
                + "learning rate"]),
        [Fault.LearningRateTooLow] = new(
            "The learning rate is too low",
            ["the peak is too low for this model and batch", "the schedule decays too early, or has not warmed up",
                "the clip shrinks every gradient"],
            ["raise the peak by a factor of 3 to 10", "sweep the learning rate", "look at the norms of the gradients "
                + "and raise the clip"]),
    }.ToImmutableDictionary();

    internal static FaultGuide Of(Fault fault) => Guides[fault];
}
