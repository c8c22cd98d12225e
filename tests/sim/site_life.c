/* Helpers of the tests of the site. */
#include "site_life.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

void read_shipped(struct sim_site_config *config, const char *name)
{
    char path[1024];
    char error[SIM_SITE_ERROR_SIZE];
    snprintf(path, sizeof path, "%s/scenarios/%s", WH_SOURCE_DIR, name);
    if (sim_site_load(config, path, error, sizeof error) != WH_OK) {
        fail_msg("%s", error);
    }
}

void read_text(struct sim_site_config *config, const char *text)
{
    char error[SIM_SITE_ERROR_SIZE];
    if (sim_site_parse(config, "test", text, strlen(text), error, sizeof error) != WH_OK) {
        fail_msg("%s", error);
    }
}

struct sim_site *site_of(const char *text)
{
    static struct sim_site_config config;
    struct sim_site *site = NULL;
    read_text(&config, text);
    assert_int_equal(sim_site_create(&site, &config, START_MVA), WH_OK);
    return site;
}

static uint64_t mix(uint64_t hash, uint64_t value)
{
    return (hash ^ value) * UINT64_C(0x100000001b3);
}

static uint64_t hash_phase(uint64_t hash, const struct wh_element_report *phase)
{
    hash = mix(hash, (uint64_t)phase->active_uj);
    hash = mix(hash, (uint64_t)phase->reactive_uj);
    hash = mix(hash, (uint64_t)phase->u_rms_mv << 32 | phase->i_rms_ua);
    hash = mix(hash, (uint64_t)(uint32_t)phase->active_mw << 32 | (uint32_t)phase->reactive_mvar);
    hash = mix(hash, (uint64_t)phase->apparent_mva << 32 | phase->frequency_uhz);
    hash = mix(hash,
               (uint64_t)phase->u_angle << 2 | (uint64_t)phase->locked << 1 | phase->registering);
    hash = mix(hash, (uint64_t)phase->u_min_mv << 32 | phase->u_max_mv);
    for (int k = 0; k < WH_VOLTAGE_STATES; k++) {
        hash = mix(hash, phase->half_cycles[k]);
    }
    return mix(hash, phase->voltage_state);
}

uint64_t hash_second(uint64_t hash, const struct sim_site_second *second)
{
    for (int phase = 0; phase < WH_PHASES; phase++) {
        hash = hash_phase(hash, &second->report.phase[phase]);
    }
    hash = mix(hash, (uint64_t)second->report.sample_count << 32 | second->report.duration_q14);
    hash = mix(hash, (uint64_t)second->utc_s << 1 | second->supply);
    hash = mix(hash, (uint64_t)(uint32_t)second->clock_shift_s << 32 | second->pulses);
    hash = mix(hash, (uint64_t)second->happenings << 32 | (uint64_t)second->tariff << 16 |
                         (uint16_t)second->meter_centi_c);
    return hash;
}
