/* Life of the legal part: factory, power-up, reports, orderly stop. Invariant: registers in the
 * store are never behind those in memory by a counted 0.1 Wh, except while the memory fails. */
#include "legal/legal.h"
#include "legal/audit.h"
#include "legal/output.h"
#include "legal/persist.h"
#include "legal/version.h"
#include <string.h>

enum {
    DWH_PER_KWH = 10000,
    METER_NUMBER_HIGHEST = 99999999,
};

static bool constant_is_valid(uint32_t pulses_per_kwh)
{
    return pulses_per_kwh != 0 && DWH_PER_KWH % pulses_per_kwh == 0;
}

static bool identity_is_valid(const struct wh_identity *identity)
{
    return identity->model[0] != '\0' && identity->meter_number <= METER_NUMBER_HIGHEST &&
           constant_is_valid(identity->pulses_per_kwh) &&
           constant_is_valid(identity->s0_pulses_per_kwh);
}

enum wh_err wh_legal_manufacture(const struct wh_nvm *nvm, const struct wh_identity *identity)
{
    const struct wh_legal_factory factory = {.ratio = 1};
    return wh_legal_manufacture_as(nvm, identity, &factory);
}

enum wh_err wh_legal_manufacture_as(const struct wh_nvm *nvm, const struct wh_identity *given,
                                    const struct wh_legal_factory *factory)
{
    struct wh_tariffs tariffs = wh_tariffs_new();
    tariffs.ratio = factory->ratio;
    tariffs.ratio_locked = factory->ratio_locked;
    struct wh_identity identity = *given;
    if (identity.s0_pulses_per_kwh == 0) {
        identity.s0_pulses_per_kwh = identity.pulses_per_kwh;
    }
    if (!identity_is_valid(&identity) || factory->ratio < 1 || factory->ratio > WH_RATIO_HIGHEST) {
        return WH_ERR_ARGUMENT;
    }
    struct wh_store store;
    struct wh_store_report found;
    const struct wh_registers zero = {0};
    enum wh_err err = wh_store_format(nvm, &wh_legal_layout);
    if (err == WH_OK) {
        err = wh_store_mount(&store, nvm, &wh_legal_layout, &found);
    }
    if (err == WH_OK) {
        err = wh_persist_write_registers(&store, &zero, 0);
    }
    if (err == WH_OK && (tariffs.ratio > 1 || tariffs.ratio_locked)) {
        err = wh_persist_write_tariffs(&store, &tariffs);
    }
    if (err == WH_OK) { /* last: a meter with identity is complete */
        err = wh_persist_write_identity(&store, &identity, WH_LEGAL_VERSION_NUMBER);
    }
    return err;
}

/* The newest entry of that event; *entry is of event 0 if there is none. */
static enum wh_err find_entry(const struct wh_legal *legal, enum wh_audit_event event,
                              struct wh_audit_entry *entry)
{
    for (uint32_t age = 0; age < legal->audit_count; age++) {
        const enum wh_err err = wh_legal_audit(legal, age, entry);
        if (err != WH_OK && err != WH_ERR_NOT_FOUND) { /* attempts that failed have no entry */
            return err;
        }
        if (err == WH_OK && entry->event == event) {
            return WH_OK;
        }
    }
    *entry = (struct wh_audit_entry){0};
    return WH_OK;
}

/* The calibration in use must be the one that the log tells of: that of the newest entry, or the one
 * before it when power was cut between the entry and the change. */
static enum wh_err check_calibration(const struct wh_legal *legal)
{
    struct wh_audit_entry entry;
    const enum wh_err err = find_entry(legal, WH_AUDIT_CALIBRATED, &entry);
    const uint32_t checksum = wh_persist_calibration_checksum(legal->calibration);
    const bool known =
        entry.event == 0 || checksum == entry.new_value || checksum == entry.old_value;
    return err != WH_OK ? err : known ? WH_OK : WH_ERR_CORRUPT;
}

/* With the newest record of the tariffs damaged, an older one must not bring back an older ratio or open its lock: the
 * log tells what they were. */
static enum wh_err recover_ratio(struct wh_legal *legal)
{
    struct wh_audit_entry ratio;
    struct wh_audit_entry lock;
    enum wh_err err = find_entry(legal, WH_AUDIT_RATIO, &ratio);
    if (err == WH_OK) {
        err = find_entry(legal, WH_AUDIT_RATIO_LOCK, &lock);
    }
    if (err != WH_OK) {
        return err;
    }
    wh_tariffs_settle(&legal->tariffs, &legal->registers);
    if (ratio.event != 0) {
        legal->tariffs.ratio = (uint16_t)ratio.new_value;
    }
    if (lock.event != 0) {
        legal->tariffs.ratio_locked = lock.new_value != 0;
    }
    return WH_OK;
}

static enum wh_err read_audit(struct wh_legal *legal)
{
    struct wh_audit_entry newest;
    uint64_t sequence = 0;
    const enum wh_err err = wh_persist_read_audit(&legal->store, 0, &newest, &sequence);
    legal->audit_count = (uint32_t)sequence;
    if (err != WH_OK) {
        return err == WH_ERR_NOT_FOUND ? WH_OK : err;
    }
    return check_calibration(legal);
}

/* A meter that was never calibrated runs with the ideal values. */
static enum wh_err read_parameters(struct wh_legal *legal)
{
    for (int p = 0; p < WH_PHASES; p++) {
        legal->calibration[p] = wh_calibration_ideal();
    }
    const enum wh_err err = wh_persist_read_calibration(&legal->store, legal->calibration);
    if (err != WH_OK && err != WH_ERR_NOT_FOUND) {
        return err;
    }
    return read_audit(legal);
}

/* A memory without identity is blank only if nothing but the registers of zero was ever written: the
 * identity comes last at the factory. Anything more, and an identity has been lost. */
static bool was_never_completed(const struct wh_store_report *found)
{
    return found->rings[WH_PERSIST_REGISTERS_INDEX].valid_count <= 1 &&
           found->rings[WH_PERSIST_REGISTERS_INDEX].damaged_count == 0 &&
           found->rings[WH_PERSIST_CALIBRATION_INDEX].state == WH_STORE_EMPTY &&
           found->rings[WH_PERSIST_AUDIT_INDEX].state == WH_STORE_EMPTY;
}

/* A meter whose tariff never changed has no record of tariffs. */
static enum wh_err read_registers(struct wh_legal *legal)
{
    enum wh_err err = wh_persist_read_registers(&legal->store, &legal->registers, &legal->stored_s);
    if (err != WH_OK) {
        return err == WH_ERR_NOT_FOUND ? WH_ERR_CORRUPT : err;
    }
    legal->tariffs = wh_tariffs_new();
    err = wh_persist_read_tariffs(&legal->store, &legal->tariffs);
    if (err != WH_OK && err != WH_ERR_NOT_FOUND) {
        return err;
    }
    wh_tariffs_recover(&legal->tariffs, &legal->registers);
    return WH_OK;
}

/* An interrupted manufacture leaves an empty ring; that is a blank meter, not a damaged one. */
static enum wh_err read_all(struct wh_legal *legal, const struct wh_store_report *found,
                            uint32_t *software)
{
    enum wh_err err = wh_persist_read_identity(&legal->store, &legal->identity, software);
    if (err == WH_ERR_NOT_FOUND) {
        return was_never_completed(found) ? WH_ERR_BLANK : WH_ERR_CORRUPT;
    }
    if (err == WH_OK && !identity_is_valid(&legal->identity)) {
        return WH_ERR_CORRUPT;
    }
    if (err == WH_OK) {
        err = read_registers(legal);
    }
    return err == WH_OK ? read_parameters(legal) : err;
}

static void fill_report(const struct wh_store_report *found, struct wh_legal_start_report *report)
{
    const struct wh_store_ring_report *identity = &found->rings[WH_PERSIST_IDENTITY_INDEX];
    const struct wh_store_ring_report *registers = &found->rings[WH_PERSIST_REGISTERS_INDEX];
    report->identity_lost = identity->state == WH_STORE_LOST ||
                            (identity->state == WH_STORE_EMPTY && !was_never_completed(found));
    const struct wh_store_ring_report *calibration = &found->rings[WH_PERSIST_CALIBRATION_INDEX];
    /* An older calibration measures wrongly: it is as good as none. */
    report->parameters_lost = calibration->state == WH_STORE_LOST || calibration->newest_lost ||
                              found->rings[WH_PERSIST_AUDIT_INDEX].state == WH_STORE_LOST ||
                              found->rings[WH_PERSIST_TARIFFS_INDEX].state == WH_STORE_LOST;
    report->registers_lost = registers->state == WH_STORE_LOST;
    report->registers_older = registers->newest_lost;
    report->registers_sequence = registers->newest_sequence;
}

static uint32_t status_of(const struct wh_legal_start_report *report)
{
    uint32_t status = 0;
    for (uint16_t r = 0; r < report->store.ring_count; r++) {
        status |= report->store.rings[r].damaged_count > 0 ? WH_STATUS_STORE_DAMAGED : 0;
    }
    const bool older = report->registers_older ||
                       report->store.rings[WH_PERSIST_AUDIT_INDEX].newest_lost ||
                       report->store.rings[WH_PERSIST_TARIFFS_INDEX].newest_lost;
    return status | (older ? WH_STATUS_NEWEST_LOST : 0);
}

/* A log without room does not keep the meter from measuring; the version then stays the old one, and the next start
 * tries again, unless a new meter number has been stored with the new version meanwhile. */
static void note_software(struct wh_legal *legal, uint32_t before)
{
    const struct wh_audit_entry entry = {.utc_s = legal->stored_s,
                                         .event = WH_AUDIT_SOFTWARE,
                                         .origin = WH_ORIGIN_FACTORY,
                                         .old_value = before,
                                         .new_value = WH_LEGAL_VERSION_NUMBER};
    if (wh_audit_append(legal, &entry) == WH_OK) {
        (void)wh_persist_write_identity(&legal->store, &legal->identity, WH_LEGAL_VERSION_NUMBER);
    }
}

enum wh_err wh_legal_start(struct wh_legal *legal, const struct wh_nvm *nvm,
                           struct wh_legal_start_report *report)
{
    *legal = (struct wh_legal){0};
    *report = (struct wh_legal_start_report){0};
    enum wh_err err = wh_store_mount(&legal->store, nvm, &wh_legal_layout, &report->store);
    fill_report(&report->store, report);
    uint32_t software = 0;
    if (err == WH_OK) {
        err = read_all(legal, &report->store, &software);
    }
    if (err != WH_OK) {
        return err;
    }
    if (report->parameters_lost) {
        return WH_ERR_CORRUPT;
    }
    if (report->store.rings[WH_PERSIST_TARIFFS_INDEX].newest_lost &&
        recover_ratio(legal) != WH_OK) {
        return WH_ERR_CORRUPT;
    }
    legal->status = status_of(report);
    wh_output_begin(legal);
    wh_legal_trust_parameters(legal);
    report->software_changed = software != WH_LEGAL_VERSION_NUMBER;
    if (report->software_changed) {
        note_software(legal, software);
    }
    /* One good copy of the superblock is enough to run; a failed repair is tried at the next start.
     */
    (void)wh_store_repair(&legal->store);
    return WH_OK;
}

static void keep_voltage(struct wh_legal *legal, int phase, const struct wh_element_report *report)
{
    struct wh_voltage_window *window = &legal->voltage[phase];
    window->min_mv = report->u_min_mv;
    window->max_mv = report->u_max_mv;
    window->condition = (enum wh_voltage_condition)report->voltage_state;
    uint32_t disturbed = 0;
    for (int s = 0; s < WH_VOLTAGE_STATES; s++) {
        window->half_cycles[s] = (uint16_t)report->half_cycles[s];
        disturbed |= s != WH_VOLTAGE_NORMAL ? report->half_cycles[s] : 0;
    }
    legal->disturbed = (uint8_t)(legal->disturbed | (disturbed != 0 ? 1u << phase : 0));
}

void wh_legal_take(struct wh_legal *legal, const struct wh_bus_report *report)
{
    const struct wh_output_mark before = wh_output_mark(legal);
    const bool changed = wh_registers_add(&legal->registers, report);
    wh_output_earn(legal, &before, report);
    wh_second_add(&legal->second, report);
    legal->disturbed = 0;
    for (int p = 0; p < WH_PHASES; p++) {
        keep_voltage(legal, p, &report->phase[p]);
    }
    if (changed) {
        (void)wh_legal_save(legal); /* an error is in the status, and the next change tries again */
    }
}

enum wh_err wh_legal_save(struct wh_legal *legal)
{
    enum wh_err err = wh_persist_write_registers(&legal->store, &legal->registers, legal->utc_s);
    if (err == WH_OK && legal->tariffs_unstored) {
        err = wh_persist_write_tariffs(&legal->store, &legal->tariffs);
        legal->tariffs_unstored = err != WH_OK;
    }
    if (err == WH_OK) {
        legal->stored_s = legal->utc_s != 0 ? legal->utc_s : legal->stored_s;
        legal->status &= ~(uint32_t)WH_STATUS_STORE_FAILED;
    } else {
        legal->status |= WH_STATUS_STORE_FAILED;
    }
    return err;
}

uint32_t wh_legal_memory_size(uint32_t page_size_bytes)
{
    return wh_store_size_bytes(&wh_legal_layout, page_size_bytes);
}

enum wh_err wh_legal_energy(const struct wh_legal *legal, enum wh_energy energy,
                            struct wh_energy_value *value)
{
    *value = (struct wh_energy_value){0};
    if ((unsigned)energy >= WH_ENERGY_COUNT) {
        return WH_ERR_ARGUMENT;
    }
    *value = wh_registers_get(&legal->registers, energy);
    return WH_OK;
}

enum wh_err wh_legal_energy_of_side(const struct wh_legal *legal, enum wh_energy energy,
                                    enum wh_side side, uint64_t *count_dwh)
{
    return wh_tariffs_main(&legal->tariffs, &legal->registers, energy, side, count_dwh);
}

enum wh_err wh_legal_tariff_energy(const struct wh_legal *legal, uint8_t tariff,
                                   enum wh_energy energy, enum wh_side side, uint64_t *count_dwh)
{
    return wh_tariffs_of(&legal->tariffs, &legal->registers, tariff, energy, side, count_dwh);
}

uint8_t wh_legal_tariff(const struct wh_legal *legal)
{
    return (uint8_t)(legal->tariffs.active + 1);
}

uint16_t wh_legal_ratio(const struct wh_legal *legal)
{
    return legal->tariffs.ratio;
}

bool wh_legal_ratio_is_locked(const struct wh_legal *legal)
{
    return legal->tariffs.ratio_locked;
}

void wh_legal_set_time(struct wh_legal *legal, uint32_t utc_s)
{
    legal->utc_s = utc_s;
}

uint32_t wh_legal_stored_s(const struct wh_legal *legal)
{
    return legal->stored_s;
}

uint32_t wh_legal_status(const struct wh_legal *legal)
{
    return legal->status;
}

struct wh_identity wh_legal_identity(const struct wh_legal *legal)
{
    return legal->identity;
}
