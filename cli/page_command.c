/* Commands from the page: one row a command. Invariant: a command is checked whole before it acts. */
#include "cli/page.h"
#include <jansson.h>
#include <stdio.h>
#include <string.h>

typedef bool perform(struct virtual_meter *vm, const json_t *command, char *error,
                     size_t error_size);

static bool fail(char *error, size_t error_size, const char *reason)
{
    snprintf(error, error_size, "%s", reason);
    return false;
}

static bool press_button(struct virtual_meter *vm, const json_t *command, char *error,
                         size_t error_size)
{
    const char *which = json_string_value(json_object_get(command, "button"));
    if (which == NULL || strcmp(which, "left") != 0) {
        return fail(error, error_size, "button: only \"left\" can be pressed");
    }
    const json_t *hold = json_object_get(command, "hold");
    if (hold != NULL && !json_is_boolean(hold)) {
        return fail(error, error_size, "hold: true or false");
    }
    if (json_is_true(hold)) {
        virtual_meter_hold_button(vm);
    } else {
        wh_meter_button(&vm->meter);
    }
    return true;
}

/* Commands of the module port (BRK-2). */
static bool command_breaker(struct virtual_meter *vm, const json_t *command, char *error,
                            size_t error_size)
{
    static const char *const names[] = {
        [WH_BREAKER_DISCONNECT] = "disconnect",
        [WH_BREAKER_RELEASE] = "release",
        [WH_BREAKER_RECONNECT] = "reconnect",
    };
    const char *name = json_string_value(json_object_get(command, "breaker"));
    for (int action = WH_BREAKER_DISCONNECT; action <= WH_BREAKER_RECONNECT; action++) {
        if (name != NULL && strcmp(name, names[action]) == 0) {
            const enum wh_err err =
                wh_application_breaker(&vm->meter.application, &vm->meter.legal,
                                       (enum wh_breaker_action)action, WH_ORIGIN_MODULE);
            snprintf(error, error_size, "breaker: %s", wh_err_text(err));
            return err == WH_OK;
        }
    }
    return fail(error, error_size, "breaker: disconnect, release or reconnect");
}

/* A payment, BRK-5; each has a number of its own. */
static bool pay(struct virtual_meter *vm, const json_t *command, char *error, size_t error_size)
{
    const json_t *wh = json_object_get(command, "pay_wh");
    const json_t *number = json_object_get(command, "number");
    if (!json_is_integer(wh) || json_integer_value(wh) < 1 || json_integer_value(wh) > UINT32_MAX ||
        !json_is_integer(number) || json_integer_value(number) < 0 ||
        json_integer_value(number) > UINT32_MAX) {
        return fail(error, error_size, "pay_wh: a whole number of Wh, and number: of the payment");
    }
    const enum wh_err err = wh_application_top_up(
        &vm->meter.application, &vm->meter.legal, (uint32_t)json_integer_value(wh),
        (uint32_t)json_integer_value(number), WH_ORIGIN_MODULE);
    snprintf(error, error_size, "pay_wh: %s", wh_err_text(err));
    return err == WH_OK;
}

static bool switch_mains(struct virtual_meter *vm, const json_t *command, char *error,
                         size_t error_size)
{
    const json_t *mains = json_object_get(command, "mains");
    if (!json_is_boolean(mains)) {
        return fail(error, error_size, "mains: true or false");
    }
    virtual_meter_cut(vm, !json_is_true(mains));
    return true;
}

static bool switch_load(struct virtual_meter *vm, const json_t *command, char *error,
                        size_t error_size)
{
    const char *name = json_string_value(json_object_get(command, "load"));
    const json_t *on = json_object_get(command, "on");
    unsigned index;
    if (vm->mains.home == NULL) {
        return fail(error, error_size, "load: a recording plays, there are no loads");
    }
    if (name == NULL || !json_is_boolean(on)) {
        return fail(error, error_size, "load: a name, and on: true or false");
    }
    if (sim_home_find_load(vm->mains.home, name, &index) != WH_OK) {
        snprintf(error, error_size, "load: there is no \"%s\"", name);
        return false;
    }
    return sim_home_switch_load(vm->mains.home, index, json_is_true(on)) == WH_OK;
}

static bool set_voltage(struct virtual_meter *vm, int phase, const json_t *u_v, char *error,
                        size_t error_size)
{
    if (!json_is_number(u_v) ||
        virtual_meter_hold_voltage(vm, phase, json_number_value(u_v)) != WH_OK) {
        return fail(error, error_size, "u_v: a voltage in 0 … 460 V");
    }
    return true;
}

static bool reverse_phase(struct virtual_meter *vm, int phase, const json_t *reversed, char *error,
                          size_t error_size)
{
    if (!json_is_boolean(reversed)) {
        return fail(error, error_size, "reversed: true or false");
    }
    return sim_home_reverse_current(vm->mains.home, phase, json_is_true(reversed)) == WH_OK;
}

static bool change_phase(struct virtual_meter *vm, const json_t *command, char *error,
                         size_t error_size)
{
    const json_t *number = json_object_get(command, "phase");
    const json_t *u_v = json_object_get(command, "u_v");
    const json_t *reversed = json_object_get(command, "reversed");
    if (vm->mains.home == NULL) {
        return fail(error, error_size, "phase: a recording plays, its voltages are what they are");
    }
    const json_int_t phase = json_integer_value(number);
    if (!json_is_integer(number) || phase < 1 || phase > SIM_PHASES) {
        return fail(error, error_size, "phase: 1, 2 or 3");
    }
    if ((u_v == NULL) == (reversed == NULL)) {
        return fail(error, error_size, "phase: with either u_v or reversed");
    }
    const int index = (int)phase - 1;
    return u_v != NULL ? set_voltage(vm, index, u_v, error, error_size)
                       : reverse_phase(vm, index, reversed, error, error_size);
}

static bool change_input(struct virtual_meter *vm, const json_t *command, const char *key,
                         enum wh_input input, char *error, size_t error_size)
{
    const json_t *on = json_object_get(command, key);
    if (!json_is_boolean(on)) {
        snprintf(error, error_size, "%s: true or false", key);
        return false;
    }
    const enum wh_err err = virtual_meter_input(vm, input, json_is_true(on));
    snprintf(error, error_size, "%s: %s", key, wh_err_text(err));
    return err == WH_OK;
}

/* A strong field near the meter. */
static bool hold_magnet(struct virtual_meter *vm, const json_t *command, char *error,
                        size_t error_size)
{
    return change_input(vm, command, "magnet", WH_INPUT_MAGNET, error, error_size);
}

/* The terminal cover, open. */
static bool open_cover(struct virtual_meter *vm, const json_t *command, char *error,
                       size_t error_size)
{
    return change_input(vm, command, "cover_open", WH_INPUT_TERMINAL_COVER, error, error_size);
}

static const struct {
    const char *key;
    perform *perform;
} commands[] = {
    {"button", press_button}, {"mains", switch_mains},      {"load", switch_load},
    {"phase", change_phase},  {"breaker", command_breaker}, {"pay_wh", pay},
    {"magnet", hold_magnet},  {"cover_open", open_cover},
};
enum { COMMANDS = sizeof commands / sizeof commands[0] };

bool cli_page_command(struct virtual_meter *vm, const char *json, size_t length, char *error,
                      size_t error_size)
{
    json_error_t at;
    json_t *command = json_loadb(json, length, JSON_REJECT_DUPLICATES, &at);
    if (!json_is_object(command)) {
        json_decref(command);
        return fail(error, error_size, "a command is a JSON object");
    }
    snprintf(error, error_size,
             "unknown command; known: button, mains, load, phase, breaker, pay_wh, magnet, "
             "cover_open");
    bool done = false;
    for (int c = 0; c < COMMANDS; c++) {
        if (json_object_get(command, commands[c].key) != NULL) {
            snprintf(error, error_size, "%s: not possible", commands[c].key);
            done = commands[c].perform(vm, command, error, error_size);
            break;
        }
    }
    json_decref(command);
    return done;
}
