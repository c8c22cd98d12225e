/* Source to meter in blocks that stay in the first-level cache. */
#include "cli/feed.h"
#include <stdio.h>
#include <string.h>

enum { BLOCK = 128 };

void cli_feed_init(struct cli_feed *feed, const struct sim_source *source,
                   const struct wh_variant *variant, uint64_t seed)
{
    *feed = (struct cli_feed){.source = *source, .current_ratio = 1};
    const struct sim_adc_config config = {
        .u_full_scale_v = variant->u_full_scale_mv / 1e3,
        .i_full_scale_a = variant->i_full_scale_ma / 1e3,
        .dither = SIM_DITHER_TRIANGULAR,
        .dither_width_lsb = 2,
        .seed = seed,
    };
    (void)sim_adc_init(&feed->adc,
                       &config); /* cannot fail: full scales come from the variant table */
}

size_t cli_feed_pull(struct cli_feed *feed, struct sim_instant *instants, size_t count)
{
    const size_t got = feed->ended ? 0 : feed->source.pull(feed->source.context, instants, count);
    feed->ended = got < count;
    memset(instants + got, 0, (count - got) * sizeof *instants);
    const double ratio = feed->current_off ? 0 : feed->current_ratio;
    for (size_t k = 0; ratio != 1 && k < got; k++) {
        for (int p = 0; p < SIM_PHASES; p++) {
            instants[k].i_a[p] *= ratio;
        }
    }
    return got;
}

static bool is_at_limit(int32_t code)
{
    return code == SIM_ADC_CODE_MAX || code == SIM_ADC_CODE_MIN;
}

static void count_clipped(struct cli_clipped *clipped, const struct wh_sample_set *set)
{
    for (int p = 0; p < SIM_PHASES; p++) {
        clipped->u[p] += is_at_limit(set->u[p]);
        clipped->i[p] += is_at_limit(set->i[p]);
    }
}

bool cli_feed_has_clipped(const struct cli_feed *feed)
{
    uint64_t samples = 0;
    for (int p = 0; p < SIM_PHASES; p++) {
        samples += feed->clipped.u[p] + feed->clipped.i[p];
    }
    return samples > 0;
}

void cli_feed_clipped_text(const struct cli_feed *feed, bool counts, char *text, size_t size)
{
    const struct {
        const char *quantity, *unit;
        const uint64_t *samples;
        double full_scale;
    } kinds[] = {
        {"U", "V", feed->clipped.u, 0x1p23 / feed->adc.u_codes_per_v},
        {"I", "A", feed->clipped.i, 0x1p23 / feed->adc.i_codes_per_a},
    };
    size_t length = 0;
    text[0] = '\0';
    for (int c = 0; c < 2 * SIM_PHASES && length < size; c++) {
        const int kind = c / SIM_PHASES;
        const int p = c % SIM_PHASES;
        char count[32] = "";
        if (kinds[kind].samples[p] == 0) {
            continue;
        }
        if (counts) {
            snprintf(count, sizeof count, "%llu samples ",
                     (unsigned long long)kinds[kind].samples[p]);
        }
        length += (size_t)snprintf(text + length, size - length, "%s%s%d %s(full scale %.3g %s)",
                                   length > 0 ? ", " : "", kinds[kind].quantity, p + 1, count,
                                   kinds[kind].full_scale, kinds[kind].unit);
    }
}

void cli_feed_give(struct cli_feed *feed, struct wh_meter *meter,
                   const struct sim_instant *instants, size_t count, wh_meter_observer *observer,
                   void *context)
{
    struct wh_sample_set sets[BLOCK];
    while (count > 0) {
        const size_t block = count < BLOCK ? count : BLOCK;
        for (size_t k = 0; k < block; k++) {
            sim_adc_convert(&feed->adc, &instants[k], sets[k].u, sets[k].i);
            count_clipped(&feed->clipped, &sets[k]);
        }
        wh_meter_sample(meter, sets, block, observer, context);
        instants += block;
        count -= block;
    }
}

uint64_t cli_feed_run(struct cli_feed *feed, struct wh_meter *meter, uint64_t count,
                      wh_meter_observer *observer, void *context)
{
    struct sim_instant instants[BLOCK];
    uint64_t from_source = 0;
    while (count > 0) {
        const size_t block = count < BLOCK ? (size_t)count : BLOCK;
        from_source += cli_feed_pull(feed, instants, block);
        cli_feed_give(feed, meter, instants, block, observer, context);
        count -= block;
    }
    return from_source;
}
