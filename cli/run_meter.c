/* The meter of watthour run, from what the command line says. Invariant: nothing is written before all that can be
 * refused was looked at. */
#include "cli/run_meter.h"
#include "cli/model.h"
#include "cli/order_codes.h"
#include "cli/run_push.h"
#include <stdio.h>
#include <stdlib.h>

enum { STATE_SIZE = 4096 };

/* The folder for a user's data, as the XDG base directory specification says. Its length as
 * snprintf gives it; 0 without a HOME. */
static int default_state(char *path, size_t size, const char *model)
{
    const char *data = getenv("XDG_DATA_HOME");
    const char *home = getenv("HOME");
    if (data != NULL && data[0] == '/') {
        return snprintf(path, size, "%s/watthour/%s", data, model);
    }
    if (home != NULL && home[0] == '/') {
        return snprintf(path, size, "%s/.local/share/watthour/%s", home, model);
    }
    return 0;
}

/* The folder of the memory, --state's or the default; a path that does not fit is refused, not cut. */
static bool choose_state(const struct cli_command *command, const char *state, const char *model,
                         char *path, size_t size)
{
    const int length =
        state != NULL ? snprintf(path, size, "%s", state) : default_state(path, size, model);
    if (length <= 0) {
        cli_refuse(command, "no HOME to keep the meter's memory in; give --state DIR");
        return false;
    }
    if ((size_t)length >= size) {
        cli_refuse(command,
                   "--state: the name of the folder has %d bytes, at most %zu are possible", length,
                   size - 1);
        return false;
    }
    return true;
}

static bool open_recording(const struct cli_command *command, const struct cli_run_meter *chosen,
                           struct virtual_mains *mains)
{
    const char *path = chosen->recording;
    const struct sim_recording_options recording = {
        .sample_rate_hz = WH_SAMPLE_RATE_HZ,
        .loop = true,
        .three_phase = chosen->is_three_phase,
    };
    struct sim_comtrade_error error;
    mains->recording = sim_recording_open(path, &recording, &error);
    if (mains->recording == NULL) {
        cli_refuse(command, "%s", error.text);
        return false;
    }
    snprintf(mains->description, sizeof mains->description, "recording %s", path);
    return true;
}

static bool open_home(const struct cli_command *command, const char *path,
                      struct virtual_mains *mains)
{
    struct sim_scenario scenario;
    char error[SIM_SCENARIO_ERROR_SIZE];
    if (path == NULL) {
        sim_scenario_default(&scenario);
        snprintf(mains->description, sizeof mains->description, "simulated home");
    } else if (sim_scenario_load(&scenario, path, error, sizeof error) != WH_OK) {
        cli_refuse(command, "%s", error);
        return false;
    } else {
        snprintf(mains->description, sizeof mains->description, "scenario %s", path);
    }
    const enum wh_err err = sim_home_create(&mains->home, &scenario, WH_SAMPLE_RATE_HZ);
    if (err != WH_OK) {
        cli_refuse(command, "scenario: %s", wh_err_text(err));
        return false;
    }
    return true;
}

static bool open_mains(const struct cli_command *command, const struct cli_run_meter *chosen,
                       struct virtual_mains *mains)
{
    return chosen->recording != NULL ? open_recording(command, chosen, mains)
                                     : open_home(command, chosen->scenario, mains);
}

/* The model, by --model or --codes. */
static bool choose_model(const struct cli_command *command, const struct cli_run_meter *chosen,
                         struct virtual_meter *vm, struct wh_code_set *codes, const char **model)
{
    char error[CLI_ERROR_SIZE];
    *model = chosen->model;
    if (chosen->codes != NULL) {
        if (!cli_codes_take(chosen->codes, codes, model, chosen->has_breaker, error,
                            sizeof error)) {
            cli_refuse(command, "--codes: %s", error);
            return false;
        }
        vm->codes = codes;
    }
    *model = *model != NULL ? *model : CLI_MODEL_DEFAULT;
    return true;
}

/* The secure clients, whom they trust, and where they are told of alarms. */
static bool open_secure(const struct cli_command *command, const struct cli_run_meter *chosen,
                        const char *state, struct cli_modern *modern)
{
    char error[CLI_ERROR_SIZE];
    if (!cli_push_choose(command, chosen->push, chosen->keys != NULL, modern->push_to)) {
        return false;
    }
    if ((chosen->keys != NULL &&
         cli_modern_open(modern, state, chosen->keys, error, sizeof error) != WH_OK) ||
        (chosen->authority != NULL &&
         cli_modern_trust(modern, state, chosen->authority, error, sizeof error) != WH_OK)) {
        cli_refuse(command, "%s", error);
        return false;
    }
    return true;
}

bool cli_run_meter_check(const struct cli_command *command, const struct cli_run_meter *chosen)
{
    const bool has_keys = chosen->keys != NULL;
    const char *fault = NULL;
    if (chosen->state != NULL && chosen->state[0] == '\0') {
        fault = "--state: the name of the folder is empty";
    } else if (chosen->recording != NULL && chosen->scenario != NULL) {
        fault = "--scenario and --recording exclude each other";
    } else if (chosen->is_three_phase && chosen->recording == NULL) {
        fault = "--three-phase goes with --recording";
    } else if (chosen->authority != NULL && !has_keys) {
        fault = "--authority goes with --keys";
    } else if (chosen->firmware_key != NULL && !has_keys) {
        fault = "--firmware-key: goes with --keys, since only management sends images";
    }
    if (fault != NULL) {
        cli_refuse(command, "%s", fault);
    }
    return fault == NULL;
}

bool cli_run_meter_open(const struct cli_command *command, const struct cli_run_meter *chosen,
                        struct wh_code_set *codes, struct virtual_meter *vm)
{
    const char *model;
    char state[STATE_SIZE];
    char error[CLI_ERROR_SIZE];
    struct virtual_mains mains = {0};
    if (!choose_model(command, chosen, vm, codes, &model) ||
        !choose_state(command, chosen->state, model, state, sizeof state)) {
        return false;
    }
    if (chosen->codes != NULL && !cli_codes_fit_folder(vm->codes, state, error, sizeof error)) {
        cli_refuse(command, "%s", error);
        return false;
    }
    if (!open_secure(command, chosen, state, &vm->modern) || !open_mains(command, chosen, &mains)) {
        return false;
    }
    vm->image_key = chosen->firmware_key;
    vm->with_breaker = chosen->has_breaker;
    if (virtual_meter_open(vm, state, model, &mains, error, sizeof error) != WH_OK) {
        cli_refuse(command, "%s", error);
        return false;
    }
    if (vm->modern.err != WH_OK) {
        cli_modern_explain(&vm->modern, error, sizeof error);
        cli_refuse(command, "%s", error);
        return false;
    }
    cli_journal_write(&vm->journal, "memory: %s/eeprom.bin", state);
    return true;
}
