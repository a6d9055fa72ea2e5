using Functional.Optim.Training;

namespace Functional.Optim.Tests.Training.Hooks;

/// <summary>Ends a run after a step, as if it had been interrupted there.</summary>
internal static class StopAt
{
    internal static TrainHook Step(long step) => new Hook(step);

    private sealed class Hook(long step) : TrainHook
    {
        public override HookRun Start(HookStart start) => new Watching(step);

        private sealed class Watching(long step) : HookRun
        {
            public override HookRequest After<T>(in TrainMoment<T> moment) =>
                moment.Step == step ? HookRequest.Stop("here") : HookRequest.None;
        }
    }
}
