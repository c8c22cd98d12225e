/* The virtual meter. Invariant: a power cut takes everything but the memory image; what runs after it
 * was started from that image. */
#include "cli/virtual_meter.h"
#include "catalog/variant_fact.h"
#include "cli/model.h"
#include "cli/state.h"
#include "cli/zone.h"
#include "ports/linux/program_image.h"
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

enum {
    BLOCK = 128,
    SECONDS_1970_TO_2000 = 946684800,
    FIRST_NUMBER = 10000000, /* so that meter numbers have eight digits */
    NUMBERS = 90000000,
};

static const char default_password[] = "12345";

/* A home draws more than the 6 A of a transformer meter. */
static const double home_transformer_ratio = 5.0 / 100.0;

static uint32_t computer_utc_s(void)
{
    return (uint32_t)(time(NULL) - SECONDS_1970_TO_2000);
}

void virtual_meter_set_clock(struct virtual_meter *vm)
{
    const enum wh_err err = wh_meter_set_clock(&vm->meter, computer_utc_s());
    if (err != WH_OK) {
        cli_journal_write(&vm->journal, "clock set, but not stored: %s", wh_err_text(err));
    }
}

/* A damaged memory, or that of another model, is refused before anything is written, or made beside it. */
static enum wh_err check_memory(struct virtual_meter *vm, const struct wh_variant *variant,
                                const char *state, char *error, size_t error_size)
{
    struct wh_legal_start_report found;
    struct wh_identity identity;
    const enum wh_err err = wh_meter_inspect(&vm->memory.nvm, &found, &identity);
    if (err == WH_ERR_BLANK) {
        return WH_OK;
    }
    if (err != WH_OK) {
        cli_state_explain(state, err, &found, error, error_size);
        return err;
    }
    if (strcmp(identity.model, variant->model) != 0) {
        snprintf(error, error_size, "%s: holds a %s, not a %s; give its model or another --state",
                 state, identity.model, variant->model);
        return WH_ERR_UNSUPPORTED;
    }
    return WH_OK;
}

static enum wh_err open_memory(struct virtual_meter *vm, const struct wh_variant *variant,
                               const char *state, char *error, size_t error_size)
{
    char path[4096 + 16];
    enum wh_err err = cli_state_make_folder(state, error, error_size);
    if (err != WH_OK) {
        return err;
    }
    snprintf(path, sizeof path, "%s/eeprom.bin", state);
    err = nvm_file_open(&vm->memory, path, error, error_size);
    if (err != WH_OK) {
        return err;
    }
    const enum wh_err fit = check_memory(vm, variant, state, error, error_size);
    if (fit != WH_OK) {
        return fit;
    }
    snprintf(path, sizeof path, "%s/flash.bin", state);
    err = flash_file_open(&vm->flash, path, error, error_size);
    const bool is_offered = vm->modern.openssl != NULL; /* nobody else gets at images */
    return err == WH_OK && is_offered
               ? cli_image_board_open(&vm->image, state, vm->image_key, error, error_size)
               : err;
}

/* The computer's clock stands for the meter's clock chip, which its battery keeps running. */
static struct wh_board board_of(struct virtual_meter *vm)
{
    struct wh_board board = {
        .nvm = &vm->memory.nvm,
        .flash = &vm->flash.flash,
        .rtc = {.valid = true, .utc_s = computer_utc_s()},
    };
    board.program = program_image(&board.program_size);
    board.image = cli_image_board(&vm->image);
    return board;
}

static void journal_application(struct virtual_meter *vm, const struct wh_application_start *found)
{
    if (found->config_default) {
        cli_journal_write(&vm->journal,
                          "configuration: none stored, that of the factory is in use");
    }
    if (found->damaged_logs != 0) {
        cli_journal_write(&vm->journal, "LOG MEMORY: damaged records (logs %#x)",
                          found->damaged_logs);
    }
    if (found->outage_s != 0 && found->outage_s != UINT32_MAX) {
        cli_journal_write(&vm->journal, "without supply for %u s", found->outage_s);
    }
}

static void journal_found(struct virtual_meter *vm, const struct wh_legal_start_report *found)
{
    struct wh_energy_value a_plus;
    (void)wh_legal_energy(&vm->meter.legal, WH_A_PLUS, &a_plus);
    cli_journal_write(&vm->journal, "power-up: registers restored, A+ %.4f kWh (record %llu)",
                      (double)a_plus.count_dwh / 1e4,
                      (unsigned long long)found->registers_sequence);
    unsigned torn = 0;
    unsigned damaged = 0;
    for (unsigned r = 0; r < found->store.ring_count; r++) {
        torn += found->store.rings[r].torn_count;
        damaged += found->store.rings[r].damaged_count;
    }
    if (torn > 0) {
        cli_journal_write(&vm->journal,
                          "%u store operation(s) interrupted by power loss; nothing "
                          "registered was in them",
                          torn);
    }
    if (found->registers_older) {
        cli_journal_write(&vm->journal, "MEMORY DAMAGED: the newest registers could not be read; "
                                        "the state before is in use");
    } else if (damaged > 0) {
        cli_journal_write(&vm->journal, "memory: %u old record(s) damaged; nothing lost", damaged);
    }
}

static enum wh_err manufacture(struct virtual_meter *vm, const struct wh_variant *variant)
{
    uint32_t number = 0;
    if (getrandom(&number, sizeof number, 0) != (ssize_t)sizeof number) {
        number = (uint32_t)time(NULL);
    }
    number = FIRST_NUMBER + number % NUMBERS;
    struct wh_config config = wh_config_default(variant);
    struct wh_clock clock = {0};
    cli_zone_configure(&clock, time(NULL));
    config.zone_min = clock.zone_min;
    config.daylight = clock.daylight;
    if (vm->with_breaker) {
        wh_config_set_breaker(&config);
    }
    const struct wh_board board = board_of(vm);
    struct wh_order order = {
        .variant = variant, .serial_number = number, .meter_number = number, .config = &config};
    enum wh_err err = WH_OK;
    if (vm->codes != NULL) {
        err = wh_order_apply_codes(vm->codes, variant, &order, &config);
    }
    err = err == WH_OK ? wh_meter_manufacture(&board, &order, NULL) : err;
    if (err == WH_OK) {
        cli_journal_write(&vm->journal, "new %s%s, meter number %u: registers start at zero",
                          variant->model, config.breaker ? " with breaker" : "", number);
    }
    return err;
}

/* A record that cannot be read takes the profile away, not the meter. */
static void offer_modern(struct virtual_meter *vm)
{
    if (cli_modern_offer(&vm->modern, &vm->face) != WH_OK) {
        char text[CLI_JOURNAL_TEXT];
        cli_modern_explain(&vm->modern, text, sizeof text);
        cli_journal_write(&vm->journal, "no modern DLMS profile: %s", text);
    }
}

static enum wh_err power_up(struct virtual_meter *vm, struct wh_meter_start_report *found)
{
    const struct wh_board board = board_of(vm);
    const enum wh_err err = wh_meter_start(&vm->meter, &board, found);
    if (err != WH_OK) {
        return err;
    }
    wh_access_init(&vm->access, &vm->meter, default_password, WH_ACCESS_KMP_PASSWORD);
    const enum wh_err face =
        wh_cosem_face_init(&vm->face, &vm->meter.application, &vm->meter.legal, default_password);
    if (face == WH_OK) {
        offer_modern(vm);
    }
    return face;
}

static enum wh_err start(struct virtual_meter *vm, const char *state, const char *model,
                         char *error, size_t error_size)
{
    const struct wh_variant *variant = cli_model(model, error, error_size);
    if (variant == NULL) {
        return WH_ERR_UNSUPPORTED;
    }
    if (vm->with_breaker && !wh_variant_has(variant, WH_FEATURE_BREAKER)) {
        snprintf(error, error_size, "--breaker: the %s is not made with one", variant->model);
        return WH_ERR_UNSUPPORTED;
    }
    enum wh_err err = open_memory(vm, variant, state, error, error_size);
    if (err != WH_OK) {
        return err;
    }
    struct wh_meter_start_report found;
    err = power_up(vm, &found);
    if (err == WH_ERR_BLANK) {
        err = manufacture(vm, variant);
        err = err == WH_OK ? power_up(vm, &found) : err;
    }
    if (err != WH_OK) {
        cli_state_explain(state, err, &found.legal, error, error_size);
        return err;
    }
    journal_found(vm, &found.legal);
    journal_application(vm, &found.application);
    return WH_OK;
}

static bool has_breaker(const struct virtual_meter *vm)
{
    return vm->meter.application.breaker.state != WH_BREAKER_NONE;
}

/* A grid without voltage is one whose cut has just ended; only a held phase can have none. */
static void note_voltages(struct virtual_meter *vm)
{
    struct sim_mains_status mains;
    if (vm->mains.home == NULL) {
        return;
    }
    sim_home_mains(vm->mains.home, &mains);
    for (int p = 0; p < SIM_PHASES; p++) {
        if (!mains.cut && (mains.voltage_held[p] || mains.voltage_v[p] > 0)) {
            vm->voltage_v[p] = mains.voltage_v[p];
        }
    }
}

enum wh_err virtual_meter_open(struct virtual_meter *vm, const char *state, const char *model,
                               const struct virtual_mains *mains, char *error, size_t error_size)
{
    vm->mains = *mains;
    vm->memory.descriptor = -1;
    vm->flash.descriptor = -1;
    const enum wh_err err = start(vm, state, model, error, error_size);
    if (err != WH_OK) {
        vm->powered = false;
        (void)virtual_meter_close(vm);
        return err;
    }
    const struct sim_source source =
        mains->home != NULL ? sim_home_source(mains->home) : sim_recording_source(mains->recording);
    cli_feed_init(&vm->feed, &source, vm->meter.variant, 1);
    if (vm->meter.variant->sensor == WH_SENSOR_TRANSFORMER && mains->home != NULL) {
        vm->feed.current_ratio = home_transformer_ratio;
        cli_journal_write(&vm->journal,
                          "behind current transformers 100/5 A: registers are those of "
                          "the secondary side");
    }
    vm->supply.on = true;
    vm->powered = true;
    vm->contacts_open =
        has_breaker(vm) && !wh_breaker_is_closed_in(vm->meter.application.breaker.state);
    if (has_breaker(vm)) {
        cli_journal_write(&vm->journal, "%s", WH_BREAKER_IS_NO_SAFETY);
    } else if (vm->with_breaker) {
        cli_journal_write(&vm->journal, "this meter was made without breaker");
    }
    note_voltages(vm);
    return WH_OK;
}

static enum wh_err stop(struct virtual_meter *vm)
{
    if (vm->failed) {
        return WH_ERR_STATE;
    }
    if (!vm->powered) {
        return WH_OK;
    }
    const enum wh_err err = wh_meter_stop(&vm->meter);
    cli_journal_write(&vm->journal, "stopped: %s",
                      err == WH_OK ? "registers stored" : "the registers could not be stored");
    return err;
}

enum wh_err virtual_meter_close(struct virtual_meter *vm)
{
    const enum wh_err err = stop(vm);
    nvm_file_close(&vm->memory);
    flash_file_close(&vm->flash);
    cli_image_board_close(&vm->image);
    cli_modern_close(&vm->modern);
    sim_home_free(vm->mains.home);
    sim_recording_close(vm->mains.recording);
    vm->mains = (struct virtual_mains){0};
    return err;
}

/* Tells once when the converter begins to clip; a second without is the end of it. */
static void watch_clipping(struct virtual_meter *vm, size_t count)
{
    vm->unclipped += (unsigned)count;
    if (cli_feed_has_clipped(&vm->feed)) {
        if (!vm->clipping) {
            char text[CLI_JOURNAL_TEXT];
            cli_feed_clipped_text(&vm->feed, false, text, sizeof text);
            cli_journal_write(&vm->journal, "clipped at the converter: %s", text);
        }
        vm->clipping = true;
        vm->unclipped = 0;
        vm->feed.clipped = (struct cli_clipped){0};
    } else if (vm->unclipped >= WH_SAMPLE_RATE_HZ) {
        vm->clipping = false;
        vm->unclipped = 0;
    }
}

/* Tells when the memory begins to refuse the registers, and when it takes them again. */
static void watch_store(struct virtual_meter *vm)
{
    const bool failed = (wh_legal_status(&vm->meter.legal) & WH_STATUS_STORE_FAILED) != 0;
    if (failed != vm->store_failed) {
        cli_journal_write(&vm->journal,
                          failed ? "MEMORY FAILS: the registers cannot be stored; what is counted "
                                   "from here is lost with the supply"
                                 : "memory: the registers are stored again");
    }
    vm->store_failed = failed;
}

/* A meter that starts takes covers for closed and no magnet for near. */
static void tell_inputs(struct virtual_meter *vm)
{
    for (int i = 0; i < WH_INPUT_COUNT; i++) {
        if ((vm->inputs >> i & 1u) != 0) {
            (void)wh_meter_input(&vm->meter, (enum wh_input)i, true);
        }
    }
}

/* From the memories: everything in RAM is lost. */
static void start_again(struct virtual_meter *vm)
{
    struct wh_meter_start_report found;
    const enum wh_err err = power_up(vm, &found);
    vm->store_failed = false; /* a new life, which has stored nothing yet */
    if (err != WH_OK) {
        cli_journal_write(&vm->journal, "the meter does not start: %s", wh_err_text(err));
        vm->failed = true;
    } else {
        journal_found(vm, &found.legal);
        journal_application(vm, &found.application);
        tell_inputs(vm);
    }
}

enum wh_err virtual_meter_input(struct virtual_meter *vm, enum wh_input input, bool high)
{
    const uint8_t bit = (uint8_t)(1u << input);
    vm->inputs = (uint8_t)(high ? vm->inputs | bit : vm->inputs & ~bit);
    return vm->powered && !vm->failed ? wh_meter_input(&vm->meter, input, high) : WH_OK;
}

/* The supply has changed: off, the meter stores what it has and lives on backup; on, it starts again. */
static void change_supply(struct virtual_meter *vm)
{
    vm->powered = vm->supply.on;
    if (vm->powered) {
        start_again(vm);
        return;
    }
    vm->supply_losses++;
    cli_journal_write(&vm->journal, "supply lost: the meter is off");
    wh_meter_lose_mains(&vm->meter);
}

/* After the activation of a software image: as after a loss of supply that takes no time. */
static void restart(struct virtual_meter *vm)
{
    const struct wh_software *software = &vm->image.board.running;
    cli_journal_write(&vm->journal, "new software %lu revision %lu: the meter starts again",
                      (unsigned long)software->number, (unsigned long)software->revision);
    vm->supply_losses++;
    wh_meter_lose_mains(&vm->meter);
    start_again(vm);
}

/* Phases with voltage in a block, which is longer than a cycle. */
static uint8_t phases_alive(const struct sim_instant *instants, size_t count)
{
    enum { LEAST_V = 50 };
    uint8_t alive = 0;
    for (size_t k = 0; k < count; k++) {
        for (int p = 0; p < SIM_PHASES; p++) {
            const double u_v = instants[k].u_v[p];
            alive |= (uint8_t)(u_v > LEAST_V || u_v < -LEAST_V ? 1u << p : 0);
        }
    }
    return alive;
}

/* The board of the breaker: its coil moves the contacts, and it tells what voltage is behind them. */
static void follow_coil(struct virtual_meter *vm, const struct sim_instant *instants, size_t count)
{
    struct wh_application *app = &vm->meter.application;
    const enum wh_breaker_coil coil = wh_breaker_coil(&app->breaker);
    const bool open = coil == WH_COIL_OFF ? vm->contacts_open : coil == WH_COIL_OPEN;
    if (open != vm->contacts_open) {
        cli_journal_write(&vm->journal, "breaker: contacts %s (%s)", open ? "open" : "closed",
                          wh_breaker_state_text(app->breaker.state));
    }
    vm->contacts_open = open;
    const struct wh_breaker_feedback feedback = {
        .answers = true,
        .is_voltage_known = true,
        .voltage_behind = open ? 0 : phases_alive(instants, count),
    };
    wh_application_breaker_feedback(app, &feedback);
}

static void open_load(struct sim_instant *instants, size_t count)
{
    for (size_t k = 0; k < count; k++) {
        memset(instants[k].i_a, 0, sizeof instants[k].i_a);
    }
}

void virtual_meter_hold_button(struct virtual_meter *vm)
{
    enum { HOLD_S = 6, MARGIN = WH_SAMPLE_RATE_HZ / 4 };
    wh_meter_button_level(&vm->meter, true);
    vm->hold_samples = HOLD_S * WH_SAMPLE_RATE_HZ + MARGIN;
}

static void let_go(struct virtual_meter *vm, size_t count)
{
    const bool held = vm->hold_samples > 0;
    vm->hold_samples = vm->hold_samples > count ? vm->hold_samples - (uint32_t)count : 0;
    if (held && vm->hold_samples == 0) {
        wh_meter_button_level(&vm->meter, false);
    }
}

void virtual_meter_run(struct virtual_meter *vm, size_t count)
{
    struct sim_instant instants[BLOCK];
    while (count > 0) {
        const size_t block = count < BLOCK ? count : BLOCK;
        cli_feed_pull(&vm->feed, instants, block);
        note_voltages(vm);
        if (vm->cut) {
            memset(instants, 0, sizeof instants);
        }
        cli_supply_run(&vm->supply, instants, block);
        if (vm->failed) {
            return;
        }
        if (vm->contacts_open) {
            open_load(instants, block);
        }
        if (vm->powered) {
            cli_feed_give(&vm->feed, &vm->meter, instants, block, NULL, NULL);
            if (has_breaker(vm)) {
                follow_coil(vm, instants, block);
            }
            watch_clipping(vm, block);
            watch_store(vm);
        } else {
            wh_meter_idle(&vm->meter, (uint32_t)block);
        }
        let_go(vm, block);
        if (vm->supply.on != vm->powered) {
            change_supply(vm);
        }
        if (vm->powered && !vm->failed && cli_image_board_boots(&vm->image)) {
            restart(vm);
        }
        count -= block;
    }
}

void virtual_meter_cut(struct virtual_meter *vm, bool cut)
{
    if (cut == virtual_meter_is_cut(vm)) {
        return;
    }
    cli_journal_write(&vm->journal, cut ? "bench: mains cut" : "bench: mains back");
    vm->cut = cut;
    if (vm->mains.home != NULL) {
        sim_home_cut(vm->mains.home, cut);
    }
}

bool virtual_meter_is_cut(const struct virtual_meter *vm)
{
    return vm->cut;
}

enum wh_err virtual_meter_hold_voltage(struct virtual_meter *vm, int phase, double voltage_v)
{
    if (vm->mains.home == NULL) {
        return WH_ERR_STATE;
    }
    const enum wh_err err = sim_home_hold_voltage(vm->mains.home, phase, voltage_v);
    if (err == WH_OK) {
        vm->voltage_v[phase] = voltage_v;
    }
    return err;
}
