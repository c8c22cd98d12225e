/* The closing summary. Invariant: energies are differences of registers. */
#include "cli/simulate_report.h"

#include <jansson.h>
#include <stdio.h>

#include "cli/show_time.h"

static const struct {
    enum wh_energy energy;
    const char *key, *title, *unit;
} energies[SIMULATE_ENERGIES] = {
    {WH_A_PLUS, "a_plus_kwh", "A+", "kWh"},
    {WH_A_MINUS, "a_minus_kwh", "A−", "kWh"},
    {WH_R_PLUS, "r_plus_kvarh", "R+", "kvarh"},
    {WH_R_MINUS, "r_minus_kvarh", "R−", "kvarh"},
};

/* Logs whose size is told. */
static const struct {
    enum wh_log_name log;
    const char *key, *title;
} logs[] = {
    {WH_LOG_PROFILE, "profile", "load profile"},
    {WH_LOG_LOGGER, "logger", "logger"},
    {WH_LOG_DEBITING, "debiting", "debiting"},
    {WH_LOG_DEBITING_2, "debiting2", "debiting 2"},
    {WH_LOG_STATUS, "status_events", "events"},
    {WH_LOG_CLOCK, "clock_events", "clock events"},
    {WH_LOG_QUALITY, "quality_events", "voltage quality"},
};
enum { LOGS = sizeof logs / sizeof logs[0] };

static uint64_t register_dwh(const struct simulate_meter *sim, int e)
{
    uint64_t count_dwh;
    const enum wh_side side = (enum wh_side)sim->life.meter.application.config.display_side;
    (void)wh_legal_energy_of_side(&sim->life.meter.legal, energies[e].energy, side, &count_dwh);
    return count_dwh;
}

void simulate_report_begin(struct simulate_report *report, const struct simulate_meter *sim)
{
    report->from_s = simulate_utc_s(sim);
    for (int e = 0; e < SIMULATE_ENERGIES; e++) {
        report->start_dwh[e] = register_dwh(sim, e);
    }
}

static double gain(const struct simulate_report *report, const struct simulate_meter *sim, int e)
{
    return (double)(register_dwh(sim, e) - report->start_dwh[e]) / 1e4;
}

/* Records that a log holds now. */
static uint32_t records(const struct simulate_meter *sim, int l)
{
    uint32_t count = 0;
    (void)wh_log_count(&sim->life.meter.application.logs.log[logs[l].log], &count);
    return count;
}

static void print_text(const struct simulate_report *report, const struct simulate_meter *sim)
{
    const struct wh_meter *meter = &sim->life.meter;
    const struct wh_identity identity = wh_legal_identity(&meter->legal);
    const struct simulate_tally *tally = &sim->tally;
    char from[SHOW_TIME_SIZE];
    char to[SHOW_TIME_SIZE];
    char zone[SHOW_TIME_SIZE];
    show_time_text(&meter->application.clock, report->from_s, from);
    show_time_text(&meter->application.clock, simulate_utc_s(sim), to);
    show_time_zone(&meter->application.clock, zone);
    printf("%s %s %08u on %s%s\n%s to %s (%s), %.4g days\n\n", report->is_new ? "new" : "the",
           identity.model, identity.meter_number, report->scenario,
           report->is_interrupted ? ", interrupted" : "", from, to, zone,
           (double)tally->seconds / 86400);
    for (int e = 0; e < SIMULATE_ENERGIES; e++) {
        printf("  %s  %12.4f %-6s register %14.4f\n", energies[e].title, gain(report, sim, e),
               energies[e].unit, (double)register_dwh(sim, e) / 1e4);
    }
    printf("\n  %u power cuts", tally->supply_losses);
    if (tally->off_seconds > 0) {
        char span[SHOW_TIME_SIZE];
        show_time_span(tally->off_seconds * 1000, span);
        printf(", %s without supply", span);
    }
    if (tally->refused > 0) {
        printf("; %u commands not obeyed", tally->refused);
    }
    printf("\n  the logs hold:");
    for (int l = 0; l < LOGS; l++) {
        printf("%s %u %s", l > 0 ? "," : "", records(sim, l), logs[l].title);
    }
    printf("\n  %.2f s, %.1f million times real time\n", report->wall_s,
           (double)tally->seconds / (report->wall_s > 0 ? report->wall_s : 1e-9) / 1e6);
}

static json_t *make_json(const struct simulate_report *report, const struct simulate_meter *sim)
{
    const struct wh_meter *meter = &sim->life.meter;
    const struct wh_identity identity = wh_legal_identity(&meter->legal);
    const struct simulate_tally *tally = &sim->tally;
    json_t *energy = json_object();
    json_t *written = json_object();
    char from[SHOW_TIME_SIZE];
    char to[SHOW_TIME_SIZE];
    show_time_iso(&meter->application.clock, report->from_s, from);
    show_time_iso(&meter->application.clock, simulate_utc_s(sim), to);
    for (int e = 0; e < SIMULATE_ENERGIES; e++) {
        json_object_set_new(energy, energies[e].key, json_real(gain(report, sim, e)));
    }
    for (int l = 0; l < LOGS; l++) {
        json_object_set_new(written, logs[l].key, json_integer(records(sim, l)));
    }
    return json_pack("{s:s, s:s, s:I, s:b, s:b, s:s, s:s, s:I, s:I, s:I, s:I, s:o, s:o, s:f, s:f}",
                     "scenario", report->scenario, "model", identity.model, "meter_number",
                     (json_int_t)identity.meter_number, "new", report->is_new, "interrupted",
                     report->is_interrupted, "from", from, "to", to, "seconds",
                     (json_int_t)tally->seconds, "off_seconds", (json_int_t)tally->off_seconds,
                     "supply_losses", (json_int_t)tally->supply_losses, "refused",
                     (json_int_t)tally->refused, "energy", energy, "records", written, "wall_s",
                     report->wall_s, "ratio",
                     (double)tally->seconds / (report->wall_s > 0 ? report->wall_s : 1e-9));
}

bool simulate_report_print(const struct simulate_report *report, const struct simulate_meter *sim,
                           bool json)
{
    if (!json) {
        print_text(report, sim);
        return true;
    }
    json_t *result = make_json(report, sim);
    const bool printed =
        result != NULL && json_dumpf(result, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(12)) == 0;
    json_decref(result);
    putchar('\n');
    return printed;
}
