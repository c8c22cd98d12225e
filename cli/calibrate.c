/* watthour calibrate. The unit is calibrated on the bench, in a memory of its own; only constants that are good
 * get into a stored memory, and only with the seal open. */
#include "cli/calibrate.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "accuracy/calibrate.h"
#include "cli/virtual_meter.h"

enum option {
    MODEL,
    UNIT,
    STATE,
    SEAL,
    JSON,
};

static const struct cli_option options[] = {
    [MODEL] = {"--model", "MODEL", "which meter: 382M, 382L or 351C (382M)"},
    [UNIT] = {"--unit", "N", "which individual of the simulated factory (1)"},
    [STATE] = {"--state", "DIR", "store the constants in the meter whose memory is kept here"},
    [SEAL] = {"--seal", "open|closed", "the verification seal; storing needs it open (closed)"},
    [JSON] = {"--json", NULL, "print one JSON object"},
    {NULL, NULL, NULL},
};

static int run(const struct cli_command *command, int argc, char **argv);

const struct cli_command cli_calibrate = {
    .name = "calibrate",
    .argument = NULL,
    .summary =
        "Calibrates an individual meter of the simulated factory: gains, phase, offset, errors\n"
        "over current and temperature. Prints its errors before and after, and the constants.\n",
    .options = options,
    .run = run,
};

/* All that a calibration holds. */
struct session {
    struct acc_rating rating;
    struct acc_unit unit;
    struct acc_calibration calibration;
    struct virtual_meter vm;
    uint32_t number;
    bool seal_open;
};

static bool choose_seal(struct session *session, const char *text)
{
    session->seal_open = text != NULL && strcmp(text, "open") == 0;
    if (text != NULL && !session->seal_open && strcmp(text, "closed") != 0) {
        cli_refuse(&cli_calibrate, "--seal: \"%s\" is neither open nor closed", text);
        return false;
    }
    return true;
}

static bool choose(struct session *session, const struct cli_arguments *arguments)
{
    const struct acc_request request = {.model = arguments->value[MODEL]};
    const char *state = arguments->value[STATE];
    char error[CLI_ERROR_SIZE];
    double number = 1;
    if (acc_rating_init(&session->rating, &request, error, sizeof error) != WH_OK) {
        cli_refuse(&cli_calibrate, "%s", error);
        return false;
    }
    if (!cli_number(&cli_calibrate, "--unit", arguments->value[UNIT], 0, 1e9, &number) ||
        !choose_seal(session, arguments->value[SEAL])) {
        return false;
    }
    session->number = (uint32_t)number;
    if (state != NULL && state[0] == '\0') {
        cli_refuse(&cli_calibrate, "--state: the name of the folder is empty");
        return false;
    }
    if (state != NULL && !session->seal_open) {
        cli_refuse(&cli_calibrate,
                   "%s: the verification seal is closed, nothing is stored; break it with "
                   "--seal open",
                   state);
        return false;
    }
    return true;
}

static int calibrate(struct session *session)
{
    struct acc_calibration *calibration = &session->calibration;
    enum wh_err err = acc_unit_open(&session->unit, &session->rating, session->number);
    if (err == WH_OK) {
        err = acc_calibrate(&session->unit, calibration);
        acc_unit_close(&session->unit);
    }
    if (err == WH_ERR_STATE) {
        cli_refuse(&cli_calibrate, ACC_NO_CONVERGENCE, session->number, calibration->failed_step,
                   calibration->failed_phase + 1, calibration->residual_pct);
    } else if (err != WH_OK) {
        cli_refuse(&cli_calibrate, "unit %u: %s", session->number, wh_err_text(err));
    }
    return err == WH_OK ? CLI_OK : CLI_FAILED;
}

/* The meter as `watthour run` would find it, for as long as storing takes. */
static bool open_meter(struct session *session, const char *state)
{
    struct sim_scenario scenario;
    struct virtual_mains mains = {0};
    char error[CLI_ERROR_SIZE];
    sim_scenario_default(&scenario);
    if (sim_home_create(&mains.home, &scenario, WH_SAMPLE_RATE_HZ) != WH_OK) {
        cli_refuse(&cli_calibrate, "no memory");
        return false;
    }
    if (virtual_meter_open(&session->vm, state, session->rating.variant->model, &mains, error,
                           sizeof error) != WH_OK) {
        cli_refuse(&cli_calibrate, "%s", error);
        return false;
    }
    return true;
}

static int store(struct session *session, const char *state)
{
    if (!open_meter(session, state)) {
        return CLI_BAD_INPUT;
    }
    const enum wh_err err = acc_calibration_store(&session->vm.meter, &session->calibration);
    virtual_meter_close(&session->vm);
    if (err != WH_OK) {
        cli_refuse(&cli_calibrate, "%s/eeprom.bin: not stored: %s", state, wh_err_text(err));
        return CLI_FAILED;
    }
    return CLI_OK;
}

static void print_checks(const struct acc_calibration *calibration)
{
    printf("error %%          ");
    for (int p = 0; p < SIM_PHASES; p++) {
        printf("        L%d before / after", p + 1);
    }
    printf("\n");
    for (int c = 0; c < ACC_CHECKS; c++) {
        printf("energy %-12s", acc_check_name(c));
        for (int p = 0; p < SIM_PHASES; p++) {
            printf("   %+9.4f / %+8.4f", calibration->before[p].active_pct[c],
                   calibration->after[p].active_pct[c]);
        }
        printf("\n");
    }
    printf("%-19s", "voltage");
    for (int p = 0; p < SIM_PHASES; p++) {
        printf("   %+9.4f / %+8.4f", calibration->before[p].u_pct, calibration->after[p].u_pct);
    }
    printf("\n%-19s", "current");
    for (int p = 0; p < SIM_PHASES; p++) {
        printf("   %+9.4f / %+8.4f", calibration->before[p].i_pct, calibration->after[p].i_pct);
    }
    printf("\n\n");
}

static void print_constants(const struct wh_calibration constants[SIM_PHASES])
{
    for (int p = 0; p < SIM_PHASES; p++) {
        const struct wh_calibration *c = &constants[p];
        printf("L%d  gain u %.6f  i %.6f  tempco u %+.2f  i %+.2f ppm/K %+.3f ppm/K²  delay %+.2f "
               "µs\n",
               p + 1, c->u_gain_q30 / 0x1p30, c->i_gain_q30 / 0x1p30, c->u_tempco_ppb_per_k / 1e3,
               c->i_tempco_ppb_per_k / 1e3, c->i_curvature_ppb_per_k2 / 1e3,
               c->delay_q15 / 32768.0 / WH_SAMPLE_RATE_HZ * 1e6);
        printf("    offset %+.3f mW  %+.3f mvar  noise %u codes²\n", c->active_offset_uw / 1e3,
               c->reactive_offset_uvar / 1e3, c->i_noise_codes2);
        for (int k = 0; k < c->point_count; k++) {
            printf("    %8.3f A  gain %+5d ppm  lead %+5d µrad\n", c->point[k].i_ma / 1e3,
                   c->point[k].gain_ppm, c->point[k].lead_urad);
        }
    }
}

static void print_text(const struct session *session, const char *state)
{
    printf("%s unit %u, %s\n\n", session->rating.variant->model, session->number,
           session->rating.range->text);
    print_checks(&session->calibration);
    print_constants(session->calibration.constants);
    if (state != NULL) {
        printf("\nstored in %s/eeprom.bin; seal closed. `watthour run` has an ideal front end, "
               "for which\nthese constants are wrong by as much as they are right for unit %u.\n",
               state, session->number);
    }
}

static json_t *check_json(const struct acc_check *check)
{
    json_t *energy = json_object();
    for (int c = 0; c < ACC_CHECKS; c++) {
        json_object_set_new(energy, acc_check_name(c), json_real(check->active_pct[c]));
    }
    return json_pack("{s:o, s:f, s:f}", "active_pct", energy, "u_pct", check->u_pct, "i_pct",
                     check->i_pct);
}

static json_t *constants_json(const struct wh_calibration *c)
{
    json_t *points = json_array();
    for (int k = 0; k < c->point_count; k++) {
        json_array_append_new(points, json_pack("{s:i, s:i, s:i}", "i_ma", (int)c->point[k].i_ma,
                                                "gain_ppm", c->point[k].gain_ppm, "lead_urad",
                                                c->point[k].lead_urad));
    }
    return json_pack("{s:I, s:I, s:i, s:i, s:i, s:i, s:i, s:i, s:I, s:o}", "u_gain_q30",
                     (json_int_t)c->u_gain_q30, "i_gain_q30", (json_int_t)c->i_gain_q30,
                     "u_tempco_ppb_per_k", c->u_tempco_ppb_per_k, "i_tempco_ppb_per_k",
                     c->i_tempco_ppb_per_k, "i_curvature_ppb_per_k2", c->i_curvature_ppb_per_k2,
                     "delay_q15", c->delay_q15, "active_offset_uw", c->active_offset_uw,
                     "reactive_offset_uvar", c->reactive_offset_uvar, "i_noise_codes2",
                     (json_int_t)c->i_noise_codes2, "points", points);
}

static bool print_json(const struct session *session, const char *state)
{
    const struct acc_calibration *calibration = &session->calibration;
    json_t *phases = json_array();
    for (int p = 0; p < SIM_PHASES; p++) {
        json_array_append_new(phases, json_pack("{s:o, s:o, s:o}", "before",
                                                check_json(&calibration->before[p]), "after",
                                                check_json(&calibration->after[p]), "constants",
                                                constants_json(&calibration->constants[p])));
    }
    json_t *json =
        json_pack("{s:s, s:I, s:b, s:o}", "model", session->rating.variant->model, "unit",
                  (json_int_t)session->number, "stored", state != NULL, "phases", phases);
    const bool printed = json != NULL && json_dumpf(json, stdout, JSON_INDENT(1)) == 0;
    json_decref(json);
    putchar('\n');
    return printed;
}

static int run_session(struct session *session, const struct cli_arguments *arguments)
{
    const char *state = arguments->value[STATE];
    if (!choose(session, arguments)) {
        return CLI_BAD_INPUT;
    }
    int status = calibrate(session);
    if (status == CLI_OK && state != NULL) {
        status = store(session, state);
    }
    if (status != CLI_OK) {
        return status;
    }
    if (arguments->value[JSON] == NULL) {
        print_text(session, state);
        return CLI_OK;
    }
    return print_json(session, state) ? CLI_OK : CLI_FAILED;
}

static int run(const struct cli_command *command, int argc, char **argv)
{
    struct cli_arguments arguments;
    if (!cli_parse(command, argc, argv, &arguments)) {
        return CLI_BAD_INPUT;
    }
    struct session *session = calloc(1, sizeof *session);
    if (session == NULL) {
        fprintf(stderr, "watthour calibrate: no memory\n");
        return CLI_FAILED;
    }
    const int status = run_session(session, &arguments);
    free(session);
    return status;
}
