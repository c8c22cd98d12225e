/* Time of a conversion of six channels, against the ideal converter's in the same run. */
#include <math.h>
#include <stdio.h>
#include <time.h>

#include "sim/adc.h"
#include "sim/front_end.h"

enum { INSTANTS = SIM_FRONT_END_RATE_HZ, SECONDS = 400 };

static struct sim_instant instants[INSTANTS];
static volatile int32_t sink;

static double now_ns(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static double adc_ns(void)
{
    const struct sim_adc_config config = {500, 200, SIM_DITHER_TRIANGULAR, 2, 1};
    struct sim_adc adc;
    int32_t codes[6];
    sim_adc_init(&adc, &config);
    const double start = now_ns();
    for (int s = 0; s < SECONDS; s++) {
        for (int n = 0; n < INSTANTS; n++) {
            sim_adc_convert(&adc, &instants[n], codes, codes + 3);
            sink = codes[0] ^ codes[5];
        }
    }
    return (now_ns() - start) / ((double)SECONDS * INSTANTS);
}

static double front_end_ns(const char *kind)
{
    const struct sim_front_end_scale scale = {500, 200};
    struct sim_front_end fe;
    int32_t codes[6];
    sim_front_end_init(&fe, sim_front_end_kind_find(kind), 1, &scale);
    const double start = now_ns();
    for (int s = 0; s < SECONDS; s++) {
        for (int n = 0; n < INSTANTS; n++) {
            sim_front_end_convert(&fe, &instants[n], codes, codes + 3);
            sink = codes[0] ^ codes[5];
        }
    }
    return (now_ns() - start) / ((double)SECONDS * INSTANTS);
}

int main(void)
{
    for (int n = 0; n < INSTANTS; n++) {
        for (int k = 0; k < SIM_PHASES; k++) {
            const double x = 2 * M_PI * 50 * n / INSTANTS - 2 * M_PI * k / 3;
            instants[n].u_v[k] = 325 * sin(x);
            instants[n].i_a[k] = 14 * sin(x);
        }
    }
    const double adc = adc_ns();
    printf("ideal converter      %6.1f ns an instant\n", adc);
    const char *const kinds[] = {"ideal", "382", "351C"};
    for (int k = 0; k < 3; k++) {
        const double ns = front_end_ns(kinds[k]);
        printf("front end %-10s %6.1f ns an instant, %.2f times\n", kinds[k], ns, ns / adc);
    }
    return 0;
}
