using System.Numerics;

namespace Functional.Optim.Training;

/// <summary>
/// A hook in a run. Its methods are called on the thread of the loop, one at a time. After the run went back to a
/// checkpoint, the hooks start anew from what they remembered then.
/// </summary>
public abstract class HookRun
{
    /// <summary>
    /// What the hook must know to go on after a resume as if the run had not been interrupted, as text; empty for
    /// nothing.
    /// </summary>
    public virtual string Memory => "";

    /// <summary>
    /// Asked before the first step, also of a run that is continued. Only <see cref="HookRequest.Stop"/> counts: a run
    /// that this hook had ended is not to go on.
    /// </summary>
    public virtual HookRequest Begin() => HookRequest.None;

    /// <summary>Asked before the update of a step, except for a <see cref="FunctionOptimizer"/>.</summary>
    /// <param name="step">The number of the step.</param>
    /// <param name="loss">The loss.</param>
    /// <param name="gradientNorm">‖g‖.</param>
    /// <returns>Whether to make the update; a step without it counts as skipped.</returns>
    public virtual bool Accepts(long step, double loss, double gradientNorm) => true;

    /// <summary>Whether <see cref="TrainMoment{T}.Before"/> is needed after a step. It costs two copies.</summary>
    /// <param name="step">The number of the step.</param>
    public virtual bool NeedsBefore(long step) => false;

    /// <summary>Called after each step, after its evaluation and its report.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="moment">The step; valid during the call.</param>
    /// <returns>What the hook asks for.</returns>
    public virtual HookRequest After<T>(in TrainMoment<T> moment)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => HookRequest.None;

    /// <summary>
    /// Called with the checkpoint of a step when this hook asked for it (<see cref="HookRequest.Checkpoint"/>) or any
    /// hook asked to save (<see cref="HookRequest.Save"/>).
    /// </summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="checkpoint">The checkpoint. Its trees are valid during the call; copy what must last.</param>
    public virtual void Save<T>(Checkpoint<T> checkpoint)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
    }

    /// <summary>The last good checkpoint, for a run that goes back to it; <see langword="null"/> for none.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="optimizer">The optimizer that will go on from it.</param>
    /// <param name="beforeStep">The step that it has to be before.</param>
    public virtual Checkpoint<T>? LastGood<T>(Optimizer optimizer, long beforeStep)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => null;

    /// <summary>Called once, when the run has ended for whatever reason.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="checkpoint">
    /// The checkpoint of the last finished step; <see langword="null"/> where a number of it is not finite.
    /// </param>
    public virtual void End<T>(Checkpoint<T>? checkpoint)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
    }
}
