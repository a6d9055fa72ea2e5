/*
 * Functional.Optim for C and for whatever calls C: gradient optimizers over your own memory.
 *
 *     fo_optimizer adamw = 0;
 *     fo_error error;
 *     if (fo_create("adamW(learningRate=0.001)", &adamw, &error) != FO_OK) { puts(error.text); return 1; }
 *     fo_bind(adamw, FO_FLOAT, leaves, count, &error);        // where parameters and gradients lie
 *     fo_step(adamw, &error);                                 // after each new gradient
 *     fo_free(adamw, &error);
 *
 * Every function returns FO_OK or what went wrong, and writes the code and a text into `error`, which may be NULL. What
 * fails has changed nothing, except where its comment says so. Texts are UTF-8 and end with a NUL.
 *
 * Any number of threads may call any function at any time. Calls with one handle run one after another. A handle that
 * was freed, or that never was one, gives FO_BAD_HANDLE. Memory that was bound must stay valid until it is bound anew or
 * the handle is freed.
 *
 * A child of fork gets FO_FORKED if its parent had called a function before; so fork first, or start a program. Loading
 * the library sets a handler of SIGXFSZ that does nothing, where there is none: so fo_save fails at a limit of the size
 * of files (RLIMIT_FSIZE), where the process would end.
 */
#ifndef FUNCTIONAL_OPTIM_H
#define FUNCTIONAL_OPTIM_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* An optimizer with its state. 0 is none. */
typedef uint64_t fo_optimizer;

typedef int32_t fo_status;
enum {
    FO_OK = 0,
    FO_INVALID = 1,      /* an argument or a setting is not allowed */
    FO_BAD_HANDLE = 2,   /* there is no such optimizer, or not any more */
    FO_NOT_BOUND = 3,    /* no memory is bound yet */
    FO_MISMATCH = 4,     /* names, shapes, a type or a state do not fit those of the optimizer */
    FO_NOT_FINITE = 5,   /* a gradient that has to be finite, or a learning rate, is not */
    FO_FILE = 6,         /* a file cannot be read or written */
    FO_PROCESSOR = 7,    /* the library was built for a processor with more instructions */
    FO_OUT_OF_MEMORY = 8,
    FO_INTERNAL = 9,     /* a fault of this library */
    FO_FORKED = 10       /* this process was forked from one that had used the library */
};

/* What went wrong, as one line; of a longer text the middle is left out. */
typedef struct fo_error {
    fo_status code;
    char text[1020];
} fo_error;

typedef int32_t fo_type;
enum { FO_FLOAT = 32, FO_DOUBLE = 64 };

/*
 * A parameter and its gradient: `length` elements each, in row-major order, at addresses that are multiples of the size
 * of an element. Gradients are only read. Parameters overlap no other memory that is bound; gradients may be the same.
 */
typedef struct fo_leaf {
    const char *name;       /* not empty, and different from the other names */
    const int64_t *shape;   /* `rank` sizes, outermost first; their product is `length` */
    int32_t rank;           /* 0 to 64 */
    void *parameters;
    const void *gradients;
    int64_t length;
} fo_leaf;

/*
 * Creates an optimizer from its text, such as "adamW(learningRate=0.001)" or
 * "clipByGlobalNorm(maximum=1) then adamW(learningRate=cosine(peak=0.001, totalSteps=1000), decay=matrices)". Where a
 * text is wrong, the error says what there is.
 */
fo_status fo_create(const char *text, fo_optimizer *optimizer, fo_error *error);

/* Frees an optimizer. It waits for calls that are running; the bound memory is not touched. */
fo_status fo_free(fo_optimizer optimizer, fo_error *error);

/* The text of an optimizer, of which an equal one is created. `*length` gets its bytes without the NUL; a NULL buffer
   asks for that only. */
fo_status fo_text(fo_optimizer optimizer, char *buffer, int64_t size, int64_t *length, fo_error *error);

/*
 * Binds the leaves that the optimizer steps over, which starts its state. Bound again, they must have the type, the
 * names and the shapes from before; the state goes on over the memory that they have now.
 */
fo_status fo_bind(fo_optimizer optimizer, fo_type type, const fo_leaf *leaves, int64_t count, fo_error *error);

/* One update: reads the gradients, writes the parameters. It allocates nothing in the steady state. */
fo_status fo_step(fo_optimizer optimizer, fo_error *error);

/* How many updates were made, those before a load included. */
fo_status fo_steps(fo_optimizer optimizer, int64_t *steps, fo_error *error);

/* The learning rate of update `step`, from 1; the next one is fo_steps + 1. */
fo_status fo_learning_rate(fo_optimizer optimizer, int64_t step, double *rate, fo_error *error);

/*
 * Writes the parameters for evaluation, such as the average of parameterEma: into one array for each leaf, of its type
 * and length, in the order in which the leaves were bound. Of most optimizers they are the parameters.
 */
fo_status fo_evaluate(fo_optimizer optimizer, void *const *outputs, int64_t count, fo_error *error);

/* Writes parameters and state to a safetensors file, which replaces the one before as a whole or not at all. */
fo_status fo_save(fo_optimizer optimizer, const char *path, fo_error *error);

/*
 * Reads parameters and state from a file of fo_save, or of CheckpointFile.Save of the .NET library, into the bound
 * memory. The file must have the type, names and shapes that are bound, and a state of the same kind of optimizer.
 */
fo_status fo_load(fo_optimizer optimizer, const char *path, fo_error *error);

/* How many threads work at the same time, in the whole process; by default as many as there are processors. No result
   depends on it. */
fo_status fo_threads(int32_t threads, fo_error *error);

#ifdef __cplusplus
}
#endif

#endif
