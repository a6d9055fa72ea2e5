/* A library that was built for another processor says so and calls no managed code. */
#include "functional_optim.c"
#include <stdlib.h>
#include <string.h>

int g_requiredCpuFeatures = 0x50;
int minipal_getcpufeatures(void) { return 0x41; }

fo_status managed_fo_create(const char *t, fo_optimizer *o, fo_error *e) { (void)t, (void)o, (void)e; abort(); }
fo_status managed_fo_free(fo_optimizer o, fo_error *e) { (void)o, (void)e; abort(); }
fo_status managed_fo_text(fo_optimizer o, char *b, int64_t s, int64_t *l, fo_error *e)
{
    (void)o, (void)b, (void)s, (void)l, (void)e;
    abort();
}
fo_status managed_fo_bind(fo_optimizer o, fo_type t, const fo_leaf *l, int64_t c, fo_error *e)
{
    (void)o, (void)t, (void)l, (void)c, (void)e;
    abort();
}
fo_status managed_fo_step(fo_optimizer o, fo_error *e) { (void)o, (void)e; abort(); }
fo_status managed_fo_steps(fo_optimizer o, int64_t *s, fo_error *e) { (void)o, (void)s, (void)e; abort(); }
fo_status managed_fo_learning_rate(fo_optimizer o, int64_t s, double *r, fo_error *e)
{
    (void)o, (void)s, (void)r, (void)e;
    abort();
}
fo_status managed_fo_evaluate(fo_optimizer o, void *const *p, int64_t c, fo_error *e)
{
    (void)o, (void)p, (void)c, (void)e;
    abort();
}
fo_status managed_fo_save(fo_optimizer o, const char *p, fo_error *e) { (void)o, (void)p, (void)e; abort(); }
fo_status managed_fo_load(fo_optimizer o, const char *p, fo_error *e) { (void)o, (void)p, (void)e; abort(); }
fo_status managed_fo_threads(int32_t t, fo_error *e) { (void)t, (void)e; abort(); }

int main(void)
{
    fo_optimizer optimizer = 0;
    fo_error error;
    int fails = fo_create("adamW(learningRate=1)", &optimizer, &error) != FO_PROCESSOR
        || error.code != FO_PROCESSOR || strstr(error.text, "features 0x10 are missing") == NULL
        || fo_step(0, NULL) != FO_PROCESSOR || fo_free(0, &error) != FO_PROCESSOR;
    if (fails) printf("a processor that lacks something: %d, '%s'\n", error.code, error.text);
    return fails;
}
