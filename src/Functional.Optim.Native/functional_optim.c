/*
 * The functions of the header. Each first asks whether this processor has the instructions that the library was
 * compiled for, as the runtime of the managed code would end the process where it has not.
 */
#include <stdio.h>
#include "functional_optim.h"

/* What the compiler of the managed code requires, and what its runtime finds, as bits. */
extern int g_requiredCpuFeatures;
int minipal_getcpufeatures(void);

/* Those that are missing; found once, when the library is loaded, as asking a processor takes microseconds. */
static int missing;

__attribute__((constructor)) static void find_missing(void)
{
    missing = g_requiredCpuFeatures & ~minipal_getcpufeatures();
}

static int is_supported(fo_error *error)
{
    if (missing != 0 && error != NULL) {
        error->code = FO_PROCESSOR;
        snprintf(error->text, sizeof error->text,
            "This library was built for a processor with more instructions than this one has (features %#x are "
            "missing); build it on this machine, or with a lower IlcInstructionSet.", (unsigned)missing);
    }
    return missing == 0;
}

#define EXPORT __attribute__((visibility("default")))
#define FUNCTION(name, parameters, arguments)                           \
    fo_status managed_##name parameters;                                \
    EXPORT fo_status name parameters                                    \
    {                                                                   \
        return is_supported(error) ? managed_##name arguments : FO_PROCESSOR; \
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
