/* What is wrong is refused with its code and a text, and never ends the process. Usage: bad_input FILE */
#define _POSIX_C_SOURCE 200809L
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include "functional_optim.h"

enum { THREADS = 8, STEPS = 500 };

static int checks, failures;
static fo_error error;

static void expect(const char *what, fo_status expected, const char *part, fo_status actual)
{
    checks++;
    if (actual == expected && (actual == FO_OK || strstr(error.text, part) != NULL) && error.code == actual) return;
    failures++;
    printf("%s: code %d, not %d, and the text '%s', without '%s'\n", what, actual, expected, error.text, part);
}

static float w[6], g[6], b[2], gb[2];
static const int64_t matrix[] = {2, 3}, vector[] = {2}, large[] = {1LL << 40, 1LL << 40}, negative[] = {-2};
static fo_leaf leaves[] = {{"w", matrix, 2, w, g, 6}, {"b", vector, 1, b, gb, 2}};

static fo_optimizer create(const char *text)
{
    fo_optimizer made = 0;
    expect(text, FO_OK, "", fo_create(text, &made, &error));
    return made;
}

static void bad_leaf(fo_optimizer optimizer, const char *what, fo_status status, const char *part, fo_leaf leaf)
{
    fo_leaf two[] = {leaf, leaves[1]};
    expect(what, status, part, fo_bind(optimizer, FO_FLOAT, two, 2, &error));
}

static void texts(void)
{
    fo_optimizer made = 7;
    char deep[100001];
    memset(deep, '(', sizeof deep - 1);
    deep[sizeof deep - 1] = 0;
    expect("no text", FO_INVALID, "NULL", fo_create(NULL, &made, &error));
    expect("no place", FO_INVALID, "NULL", fo_create("sgd(learningRate=1)", NULL, &error));
    expect("empty", FO_INVALID, "is not written as", fo_create("", &made, &error));
    expect("unknown", FO_INVALID, "adamW", fo_create("adamx(learningRate=1)", &made, &error));
    expect("two faults", FO_INVALID, "beta1 is 2; allowed is", fo_create("adamW(beta1=2)", &made, &error));
    expect("deep", FO_INVALID, "nested deeper", fo_create(deep, &made, &error));
    expect("wrapper", FO_INVALID, "inside",
        fo_create("accumulate(every=2, inner=sgd(learningRate=1))", &made, &error));
    expect("of a function", FO_INVALID, "optimizer of gradients", fo_create("lbfgs", &made, &error));
    expect("not UTF-8", FO_INVALID, "UTF-8", fo_create("sgd(\xff)", &made, &error));
    checks++;
    if (made != 0) { failures++; printf("a failed fo_create leaves the handle %llu\n", (unsigned long long)made); }
    /* The error may be NULL, and a text of any length is cut at the end of a character. */
    checks++;
    if (fo_create("nothing", &made, NULL) != FO_INVALID) { failures++; printf("an error that is NULL\n"); }
    checks++;
    if (memchr(error.text, 0, sizeof error.text) == NULL) { failures++; printf("a text without its end\n"); }
}

static void bindings(void)
{
    fo_optimizer sgd = create("sgd(learningRate=1, momentum=0.5)");
    int64_t number;
    double rate;
    void *outputs[] = {w, b};
    expect("step unbound", FO_NOT_BOUND, "fo_bind", fo_step(sgd, &error));
    expect("save unbound", FO_NOT_BOUND, "fo_bind", fo_save(sgd, "x", &error));
    expect("no leaves", FO_INVALID, "NULL", fo_bind(sgd, FO_FLOAT, NULL, 2, &error));
    expect("0 leaves", FO_INVALID, "is 0", fo_bind(sgd, FO_FLOAT, leaves, 0, &error));
    expect("type", FO_INVALID, "FO_DOUBLE", fo_bind(sgd, 16, leaves, 2, &error));
    bad_leaf(sgd, "name", FO_INVALID, "NULL", (fo_leaf){NULL, matrix, 2, w, g, 6});
    bad_leaf(sgd, "empty name", FO_INVALID, "name", (fo_leaf){"", matrix, 2, w, g, 6});
    bad_leaf(sgd, "same name", FO_INVALID, "twice", (fo_leaf){"b", matrix, 2, w, g, 6});
    bad_leaf(sgd, "rank", FO_INVALID, "rank", (fo_leaf){"w", matrix, -1, w, g, 6});
    bad_leaf(sgd, "high rank", FO_INVALID, "rank", (fo_leaf){"w", matrix, 1 << 30, w, g, 6});
    bad_leaf(sgd, "shape", FO_INVALID, "NULL", (fo_leaf){"w", NULL, 2, w, g, 6});
    bad_leaf(sgd, "negative size", FO_INVALID, "-2", (fo_leaf){"w", negative, 1, w, g, 2});
    bad_leaf(sgd, "large", FO_INVALID, "allowed is", (fo_leaf){"w", large, 2, w, g, 6});
    bad_leaf(sgd, "length", FO_INVALID, "has 6 elements", (fo_leaf){"w", matrix, 2, w, g, 5});
    bad_leaf(sgd, "parameters", FO_INVALID, "null", (fo_leaf){"w", matrix, 2, NULL, g, 6});
    bad_leaf(sgd, "gradients", FO_INVALID, "null", (fo_leaf){"w", matrix, 2, w, NULL, 6});
    bad_leaf(sgd, "aligned", FO_INVALID, "multiple", (fo_leaf){"w", matrix, 2, (char *)w + 1, g, 6});
    bad_leaf(sgd, "end of memory", FO_INVALID, "last address", (fo_leaf){"w", matrix, 2, w, (void *)(intptr_t)-4, 6});
    bad_leaf(sgd, "overlap", FO_INVALID, "overlap", (fo_leaf){"w", matrix, 2, w, w, 6});
    expect("bind", FO_OK, "", fo_bind(sgd, FO_FLOAT, leaves, 2, &error));
    expect("step", FO_OK, "", fo_step(sgd, &error));
    bad_leaf(sgd, "other name", FO_MISMATCH, "v", (fo_leaf){"v", matrix, 2, w, g, 6});
    bad_leaf(sgd, "other shape", FO_MISMATCH, "3", (fo_leaf){"w", (int64_t[]){3, 2}, 2, w, g, 6});
    bad_leaf(sgd, "null again", FO_INVALID, "null", (fo_leaf){"w", matrix, 2, w, NULL, 6});
    expect("other type", FO_MISMATCH, "type", fo_bind(sgd, FO_DOUBLE, (fo_leaf[]){
        {"w", matrix, 2, (double[6]){0}, (double[6]){0}, 6}, {"b", vector, 1, (double[2]){0}, (double[2]){0}, 2}},
        2, &error));
    expect("step goes on", FO_OK, "", fo_step(sgd, &error));
    expect("steps", FO_OK, "", fo_steps(sgd, &number, &error));
    expect("steps NULL", FO_INVALID, "NULL", fo_steps(sgd, NULL, &error));
    checks++;
    if (number != 2) { failures++; printf("%lld steps, not 2\n", (long long)number); }
    expect("rate NULL", FO_INVALID, "NULL", fo_learning_rate(sgd, 1, NULL, &error));
    expect("rate at 0", FO_INVALID, "first is 1", fo_learning_rate(sgd, 0, &rate, &error));
    expect("text NULL", FO_INVALID, "NULL", fo_text(sgd, NULL, 0, NULL, &error));
    expect("short buffer", FO_INVALID, "buffer", fo_text(sgd, (char[4]){0}, 4, &number, &error));
    expect("few outputs", FO_MISMATCH, "1 outputs", fo_evaluate(sgd, outputs, 1, &error));
    expect("outputs NULL", FO_INVALID, "NULL", fo_evaluate(sgd, NULL, 2, &error));
    expect("output NULL", FO_INVALID, "NULL", fo_evaluate(sgd, (void *[]){w, NULL}, 2, &error));
    expect("threads", FO_INVALID, "is 0", fo_threads(0, &error));
    expect("free", FO_OK, "", fo_free(sgd, &error));

    fo_optimizer clip = create("clipByGlobalNorm(maximum=1) then sgd(learningRate=1)");
    expect("bind", FO_OK, "", fo_bind(clip, FO_FLOAT, leaves, 2, &error));
    g[4] = (float)NAN;
    float before = w[0];
    expect("NaN", FO_NOT_FINITE, "w", fo_step(clip, &error));
    g[4] = 0;
    checks++;
    if (w[0] != before) { failures++; printf("a step that failed changed a parameter\n"); }
    expect("after NaN", FO_OK, "", fo_step(clip, &error));
}

static void handles(void)
{
    fo_optimizer first = create("sgd(learningRate=1)");
    expect("free", FO_OK, "", fo_free(first, &error));
    expect("free twice", FO_BAD_HANDLE, "freed", fo_free(first, &error));
    fo_optimizer second = create("sgd(learningRate=2)");
    expect("step of a handle that was freed", FO_BAD_HANDLE, "freed", fo_step(first, &error));
    const fo_optimizer wild[] = {0, 1, (fo_optimizer)-1, second + 1, second + (1ULL << 32)};
    for (size_t index = 0; index < sizeof wild / sizeof *wild; index++) {
        int64_t steps;
        double rate;
        void *outputs[] = {w, b};
        expect("step", FO_BAD_HANDLE, "", fo_step(wild[index], &error));
        expect("bind", FO_BAD_HANDLE, "", fo_bind(wild[index], FO_FLOAT, leaves, 2, &error));
        expect("steps", FO_BAD_HANDLE, "", fo_steps(wild[index], &steps, &error));
        expect("rate", FO_BAD_HANDLE, "", fo_learning_rate(wild[index], 1, &rate, &error));
        expect("text", FO_BAD_HANDLE, "", fo_text(wild[index], NULL, 0, &steps, &error));
        expect("evaluate", FO_BAD_HANDLE, "", fo_evaluate(wild[index], outputs, 2, &error));
        expect("save", FO_BAD_HANDLE, "", fo_save(wild[index], "x", &error));
        expect("load", FO_BAD_HANDLE, "", fo_load(wild[index], "x", &error));
        expect("free", FO_BAD_HANDLE, "", fo_free(wild[index], &error));
    }
    expect("free", FO_OK, "", fo_free(second, &error));
}

static void files(const char *path)
{
    fo_optimizer adam = create("adam(learningRate=1)"), sgd = create("sgd(learningRate=1, momentum=0.5)");
    expect("bind", FO_OK, "", fo_bind(adam, FO_FLOAT, leaves, 2, &error));
    expect("bind", FO_OK, "", fo_bind(sgd, FO_FLOAT, leaves, 2, &error));
    expect("no path", FO_INVALID, "NULL", fo_save(adam, NULL, &error));
    expect("no directory", FO_FILE, "no such directory", fo_save(adam, "/no/where", &error));
    expect("empty path", FO_FILE, "Cannot", fo_save(adam, "", &error));
    expect("no file", FO_FILE, "no such file", fo_load(adam, "/nowhere", &error));
    expect("no checkpoint", FO_FILE, "Cannot read", fo_load(adam, "/dev/null", &error));
    expect("save", FO_OK, "", fo_save(adam, path, &error));
    expect("other optimizer", FO_MISMATCH, "m", fo_load(sgd, path, &error));
    expect("load", FO_OK, "", fo_load(adam, path, &error));
    fo_optimizer other = create("adam(learningRate=1)");
    fo_leaf one[] = {{"other", vector, 1, b, gb, 2}};
    expect("bind", FO_OK, "", fo_bind(other, FO_FLOAT, one, 1, &error));
    expect("other leaves", FO_MISMATCH, "other", fo_load(other, path, &error));
    fo_optimizer doubles = create("adam(learningRate=1)");
    fo_leaf wide[] = {{"w", vector, 1, (double[2]){0}, (double[2]){0}, 2}};
    expect("bind", FO_OK, "", fo_bind(doubles, FO_DOUBLE, wide, 1, &error));
    expect("other type", FO_MISMATCH, "F64", fo_load(doubles, path, &error));
}

static fo_optimizer shared;
static int ended_well[THREADS];

static void *step_shared(void *place)
{
    int good = 1;
    for (int step = 0; step < STEPS; step++) {
        fo_error own;
        fo_status status = fo_step(shared, &own);
        if (status == FO_BAD_HANDLE) break;
        good &= status == FO_OK;
    }
    *(int *)place = good;
    return NULL;
}

static void run_threads(const char *what)
{
    pthread_t threads[THREADS];
    for (int thread = 0; thread < THREADS; thread++)
        pthread_create(threads + thread, NULL, step_shared, ended_well + thread);
    if (strcmp(what, "free") == 0) expect("free while others step", FO_OK, "", fo_free(shared, &error));
    for (int thread = 0; thread < THREADS; thread++) {
        pthread_join(threads[thread], NULL);
        checks++;
        if (!ended_well[thread]) { failures++; printf("thread %d failed: %s\n", thread, what); }
    }
}

static void threads(void)
{
    int64_t steps = 0;
    shared = create("adamW(learningRate=0.001)");
    expect("bind", FO_OK, "", fo_bind(shared, FO_FLOAT, leaves, 2, &error));
    run_threads("step");
    expect("steps", FO_OK, "", fo_steps(shared, &steps, &error));
    checks++;
    if (steps != THREADS * STEPS) { failures++; printf("%lld steps of %d threads\n", (long long)steps, THREADS); }
    run_threads("free");
}

/* A file that may not be as large as it would be. */
static void file_limit(const char *path)
{
    fo_optimizer adam = create("adam(learningRate=1)");
    struct rlimit before, low;
    getrlimit(RLIMIT_FSIZE, &before);
    low = before;
    low.rlim_cur = 100;
    expect("bind", FO_OK, "", fo_bind(adam, FO_FLOAT, leaves, 2, &error));
    setrlimit(RLIMIT_FSIZE, &low);
    expect("limit of files", FO_FILE, "Cannot write", fo_save(adam, path, &error));
    setrlimit(RLIMIT_FSIZE, &before);
    expect("save", FO_OK, "", fo_save(adam, path, &error));
}

/* What a child of fork finds; it ends as any program does, and at once where it hangs. */
static void forked(const char *what, fo_status expected)
{
    int status = 0;
    pid_t child;
    fflush(stdout);
    child = fork();
    if (child == 0) {
        fo_optimizer made = 0;
        int before = failures;
        alarm(60);
        expect(what, expected, "forked", fo_create("sgd(learningRate=1)", &made, &error));
        if (expected == FO_OK) expect(what, FO_OK, "", fo_bind(made, FO_FLOAT, leaves, 2, &error));
        expect(what, expected, "forked", fo_step(made, &error));
        exit(failures != before);
    }
    waitpid(child, &status, 0);
    checks++;
    if (status != 0) { failures++; printf("%s: the child ended with %#x\n", what, (unsigned)status); }
}

int main(int count, char **arguments)
{
    if (count != 2) { fprintf(stderr, "usage: bad_input FILE\n"); return 2; }
    forked("fork before the first call", FO_OK);
    texts();
    bindings();
    handles();
    files(arguments[1]);
    file_limit(arguments[1]);
    threads();
    forked("fork after the first call", FO_FORKED);
    create("sgd(learningRate=1)");
    printf("%d checks of wrong input, handles and threads, %d failed\n", checks, failures);
    return failures != 0;
}
