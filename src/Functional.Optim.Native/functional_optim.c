/*
 * The functions of the header. Each first asks whether managed code can run here: the runtime of it would end the
 * process on a processor without the instructions that the library was compiled for, and hang in a child of fork, which
 * has none of its threads.
 */
#define _POSIX_C_SOURCE 200809L
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include "functional_optim.h"

/* What the compiler of the managed code requires, and what its runtime finds, as bits. */
extern int g_requiredCpuFeatures;
int minipal_getcpufeatures(void);

/* Those that are missing; found once, when the library is loaded, as asking a processor takes microseconds. */
static int missing;

/* Whether the runtime was started, and whether that was in the parent of this process. */
static atomic_int started;
static int forked;

static void in_child(void)
{
    forked = atomic_load_explicit(&started, memory_order_relaxed);
}

/* Where it has returned, a write beyond the limit of the size of files fails. */
static void at_file_limit(int signal)
{
    (void)signal;
}

__attribute__((constructor)) static void prepare(void)
{
    struct sigaction action;
    missing = g_requiredCpuFeatures & ~minipal_getcpufeatures();
    pthread_atfork(NULL, NULL, in_child);
    /* A handler, as ignoring it would go on in programs that this process starts. */
    if (sigaction(SIGXFSZ, NULL, &action) == 0 && action.sa_handler == SIG_DFL) {
        action.sa_handler = at_file_limit;
        action.sa_flags = SA_RESTART;
        sigaction(SIGXFSZ, &action, NULL);
    }
}

/* FO_OK where managed code can run. */
static fo_status ready(fo_error *error)
{
    fo_status status = missing != 0 ? FO_PROCESSOR : forked ? FO_FORKED : FO_OK;
    if (status == FO_OK) {
        if (!atomic_load_explicit(&started, memory_order_relaxed))
            atomic_store_explicit(&started, 1, memory_order_relaxed);
    } else if (error != NULL) {
        error->code = status;
        if (status == FO_FORKED)
            snprintf(error->text, sizeof error->text,
                "This process was forked from one that had used the library, which does not work in a child; fork "
                "before the first call, or start the child as a program of its own.");
        else
            snprintf(error->text, sizeof error->text,
                "This library was built for a processor with more instructions than this one has (features %#x are "
                "missing); build it on this machine, or with a lower IlcInstructionSet.", (unsigned)missing);
    }
    return status;
}

#define EXPORT __attribute__((visibility("default")))
#define FUNCTION(name, parameters, arguments)                           \
    fo_status managed_##name parameters;                                \
    EXPORT fo_status name parameters                                    \
    {                                                                   \
        fo_status status = ready(error);                                \
        return status == FO_OK ? managed_##name arguments : status;     \
    }

FUNCTION(fo_create, (const char *text, fo_optimizer *optimizer, fo_error *error), (text, optimizer, error))
FUNCTION(fo_free, (fo_optimizer optimizer, fo_error *error), (optimizer, error))
FUNCTION(fo_text, (fo_optimizer optimizer, char *buffer, int64_t size, int64_t *length, fo_error *error),
    (optimizer, buffer, size, length, error))
FUNCTION(fo_bind, (fo_optimizer optimizer, fo_type type, const fo_leaf *leaves, int64_t count, fo_error *error),
    (optimizer, type, leaves, count, error))
FUNCTION(fo_step, (fo_optimizer optimizer, fo_error *error), (optimizer, error))
FUNCTION(fo_steps, (fo_optimizer optimizer, int64_t *steps, fo_error *error), (optimizer, steps, error))
FUNCTION(fo_learning_rate, (fo_optimizer optimizer, int64_t step, double *rate, fo_error *error),
    (optimizer, step, rate, error))
FUNCTION(fo_evaluate, (fo_optimizer optimizer, void *const *outputs, int64_t count, fo_error *error),
    (optimizer, outputs, count, error))
FUNCTION(fo_save, (fo_optimizer optimizer, const char *path, fo_error *error), (optimizer, path, error))
FUNCTION(fo_load, (fo_optimizer optimizer, const char *path, fo_error *error), (optimizer, path, error))
FUNCTION(fo_threads, (int32_t threads, fo_error *error), (threads, error))
