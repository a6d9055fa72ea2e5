/* Where the system gives no more threads, a step and a save do their work on the thread that calls. Usage:
   no_threads FILE */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>
#include "functional_optim.h"

enum { LENGTH = 1 << 21, SECONDS = 60 };

static const int64_t shape[] = {LENGTH};

static fo_optimizer bound(float *parameters, float *gradients)
{
    fo_leaf leaf = {"w", shape, 1, parameters, gradients, LENGTH};
    fo_optimizer made = 0;
    if (fo_create("adamW(learningRate=0.1)", &made, NULL) || fo_bind(made, FO_FLOAT, &leaf, 1, NULL)) exit(1);
    return made;
}

static void expect(const char *what, fo_status status, const fo_error *error)
{
    if (status == FO_OK) return;
    printf("%s, without more threads: code %d, %s\n", what, status, error->text);
    exit(1);
}

/* A thread needs more address space than this. */
static rlim_t used_and_a_megabyte(void)
{
    unsigned long pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (file == NULL || fscanf(file, "%lu", &pages) != 1) exit(1);
    fclose(file);
    return (rlim_t)pages * (rlim_t)sysconf(_SC_PAGESIZE) + (1 << 20);
}

int main(int count, char **arguments)
{
    static float with[LENGTH], without[LENGTH], gradients[LENGTH];
    for (int i = 0; i < LENGTH; i++)
    {
        with[i] = without[i] = (float)i;
        gradients[i] = (float)(i % 7 - 3);
    }

    if (count != 2) return 1;
    /* A save that waits for a thread would wait for ever. */
    alarm(SECONDS);
    fo_error error = {0};
    fo_optimizer limited = bound(without, gradients), other = bound(with, gradients);
    struct rlimit limit, old;
    getrlimit(RLIMIT_AS, &old);
    limit = old;
    limit.rlim_cur = used_and_a_megabyte();
    if (setrlimit(RLIMIT_AS, &limit)) return 1;
    expect("a step", fo_step(limited, &error), &error);
    if (setrlimit(RLIMIT_AS, &old)) return 1;
    /* The pool of threads may not ask again, whatever memory there is. */
    expect("a save", fo_save(limited, arguments[1], &error), &error);
    expect("another step", fo_step(other, &error), &error);
    if (memcmp(with, without, sizeof with)) { printf("a step without threads has other numbers\n"); return 1; }
    expect("a load", fo_load(other, arguments[1], &error), &error);
    return 0;
}
