/* Configurations that were not read from a file: the default, and the check before a site is made.
 */
#include "sim/site_config.h"

#include <stdio.h>
#include <string.h>

#include "sim/site_reader.h"

void sim_site_config_default(struct sim_site_config *config)
{
    memset(config, 0, sizeof *config);
    for (size_t k = 0; k < sim_site_key_count; k++) {
        const char *section = sim_site_keys[k].section;
        const bool again = k > 0 && strcmp(section, sim_site_keys[k - 1].section) == 0;
        if (!again && !sim_site_is_list(section)) {
            sim_site_section_default(section, config);
        }
    }
}

bool sim_site_is_list(const char *section)
{
    for (int k = 0; k < SIM_SITE_LISTS; k++) {
        if (strcmp(sim_site_lists[k].section, section) == 0) {
            return true;
        }
    }
    return false;
}

static bool section_holds(const char *section, const void *base)
{
    for (size_t k = 0; k < sim_site_key_count; k++) {
        if (strcmp(sim_site_keys[k].section, section) == 0 &&
            !sim_site_key_holds(&sim_site_keys[k], base)) {
            return false;
        }
    }
    return true;
}

static bool list_holds(const struct sim_site_config *config, const struct sim_site_list *list)
{
    const unsigned count = *(const unsigned *)((const char *)config + list->count_offset);
    for (unsigned k = 0; k < count && k < list->max; k++) {
        if (!section_holds(list->section,
                           (const char *)config + list->offset + k * list->entry_size)) {
            return false;
        }
    }
    return count <= list->max;
}

static double on_phase_w(double power_w, unsigned phases, int phase)
{
    return (phases >> phase & 1) == 0      ? 0
           : phases == SIM_SITE_ALL_PHASES ? power_w / SIM_PHASES
                                           : power_w;
}

static double connected_w(const struct sim_site_config *config, int phase)
{
    const struct sim_site_pv *pv = &config->pv;
    const double pv_kw = pv->inverter_kw > 0 && pv->kwp > 0 ? pv->inverter_kw : pv->kwp;
    double power_w = on_phase_w(1000 * pv_kw, pv->phases, phase) +
                     on_phase_w(config->ev.power_w, config->ev.phases, phase);
    for (unsigned k = 0; k < config->load_count; k++) {
        const struct sim_site_load_config *load = &config->loads[k];
        const double load_w = load->power_w > 0 ? load->power_w : sim_site_load_rated_w(load->kind);
        power_w += on_phase_w(load_w, load->phases, phase);
    }
    return power_w;
}

bool sim_site_fits_meter(const struct sim_site_config *config, char reason[SIM_SITE_REASON_SIZE])
{
    const double ratio = config->meter.transformer_a > 0 ? config->meter.transformer_a / 5 : 1;
    for (int phase = 0; phase < SIM_PHASES; phase++) {
        const double current_a = connected_w(config, phase) / config->grid.voltage_v / ratio;
        if (current_a > SIM_SITE_CURRENT_MAX_A) {
            snprintf(reason, SIM_SITE_REASON_SIZE,
                     "all that is connected to L%d is %.0f A at the meter, more than %d A",
                     phase + 1, current_a, SIM_SITE_CURRENT_MAX_A);
            return false;
        }
    }
    return true;
}

static bool is_in_order(const struct sim_site_config *config)
{
    char reason[SIM_SITE_REASON_SIZE];
    for (unsigned k = 1; k < config->outage_count; k++) {
        if (config->outages[k].at_s < config->outages[k - 1].at_s) {
            return false;
        }
    }
    for (unsigned k = 0; k < config->event_count; k++) {
        if (!sim_site_event_holds(&config->events[k], reason) ||
            (k > 0 && config->events[k].at_s < config->events[k - 1].at_s)) {
            return false;
        }
    }
    return config->grid.outage_shortest_s <= config->grid.outage_longest_s;
}

enum wh_err sim_site_config_check(const struct sim_site_config *config)
{
    for (size_t k = 0; k < sim_site_key_count; k++) {
        const struct sim_site_key *key = &sim_site_keys[k];
        if (!sim_site_is_list(key->section) && !sim_site_key_holds(key, config)) {
            return WH_ERR_ARGUMENT;
        }
    }
    for (int k = 0; k < SIM_SITE_LISTS; k++) {
        if (!list_holds(config, &sim_site_lists[k])) {
            return WH_ERR_ARGUMENT;
        }
    }
    char reason[SIM_SITE_REASON_SIZE];
    return is_in_order(config) && sim_site_fits_meter(config, reason) ? WH_OK : WH_ERR_ARGUMENT;
}
