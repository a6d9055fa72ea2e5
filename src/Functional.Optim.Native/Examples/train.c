/*
 * Fits y = 2a - b + 0.5 to 16 points by AdamW, stops in the middle, goes on from a file, and prints the loss and the
 * bits of the parameters. Usage: train FILE
 */
#include <stdio.h>
#include <string.h>
#include "functional_optim.h"

enum { POINTS = 16, STEPS = 200 };
static const char *const text =
    "clipByGlobalNorm(maximum=1) then adamW(learningRate=warmupCosine(peak=0.1, warmupSteps=10, totalSteps=200))";

static float weights[2], bias[1], weights_gradient[2], bias_gradient[1];
static const int64_t two[] = {2}, one[] = {1};
static const fo_leaf leaves[] = {
    {"weights", two, 1, weights, weights_gradient, 2},
    {"bias", one, 1, bias, bias_gradient, 1},
};

/* The mean square of the errors; its gradient goes where the optimizer reads it. */
static double loss(void)
{
    double sum = 0, gradient[3] = {0, 0, 0};
    for (int point = 0; point < POINTS; point++) {
        double a = (point % 4 - 1.5) / 2, b = (point / 4 - 1.5) / 2, y = 2 * a - b + 0.5;
        double error = weights[0] * a + weights[1] * b + bias[0] - y;
        sum += error * error;
        gradient[0] += error * a;
        gradient[1] += error * b;
        gradient[2] += error;
    }
    weights_gradient[0] = (float)(gradient[0] * 2 / POINTS);
    weights_gradient[1] = (float)(gradient[1] * 2 / POINTS);
    bias_gradient[0] = (float)(gradient[2] * 2 / POINTS);
    return sum / POINTS;
}

static int failed(fo_status status, const fo_error *error)
{
    if (status != FO_OK) fprintf(stderr, "error %d: %s\n", status, error->text);
    return status != FO_OK;
}

int main(int count, char **arguments)
{
    fo_optimizer adamw = 0;
    fo_error error;
    int64_t steps = 0;
    if (count != 2) { fprintf(stderr, "usage: train FILE\n"); return 2; }
    if (failed(fo_create(text, &adamw, &error), &error)) return 1;
    if (failed(fo_bind(adamw, FO_FLOAT, leaves, 2, &error), &error)) return 1;
    for (int step = 1; step <= STEPS; step++) {
        double value = loss();
        if (step % 50 == 1) printf("step %d: loss %.9f\n", step, value);
        if (failed(fo_step(adamw, &error), &error)) return 1;
        if (step != STEPS / 2) continue;

        /* Another optimizer goes on from the file, as another process would. */
        if (failed(fo_save(adamw, arguments[1], &error), &error)) return 1;
        if (failed(fo_free(adamw, &error), &error)) return 1;
        weights[0] = weights[1] = bias[0] = 0;
        if (failed(fo_create(text, &adamw, &error), &error)) return 1;
        if (failed(fo_bind(adamw, FO_FLOAT, leaves, 2, &error), &error)) return 1;
        if (failed(fo_load(adamw, arguments[1], &error), &error)) return 1;
    }
    if (failed(fo_steps(adamw, &steps, &error), &error)) return 1;
    printf("after %d steps: loss %.9f\n", (int)steps, loss());
    uint32_t bits[3];
    memcpy(bits, weights, sizeof weights);
    memcpy(bits + 2, bias, sizeof bias);
    printf("bits of the parameters: %08x %08x %08x\n", bits[0], bits[1], bits[2]);
    return failed(fo_free(adamw, &error), &error);
}
