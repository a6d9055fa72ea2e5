namespace Functional.Optim.Training;

/// <summary>What a hook may ask for; of several requests after one step, the greatest counts first.</summary>
public enum HookAction
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The checkpoint of this step, for the hook itself.</summary>
    Checkpoint,

    /// <summary>The checkpoint of this step, for every hook.</summary>
    Save,

    /// <summary>The end of the run.</summary>
    Stop,

    /// <summary>The last good checkpoint as the state of the run.</summary>
    RollBack,
}
