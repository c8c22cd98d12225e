/* Life of the legal part: factory, power-up, reports, orderly stop. Invariant: registers in the
 * store are never behind those in memory by a counted 0.1 Wh, except while the memory fails. */
#include "legal/legal.h"
#include "legal/persist.h"
#include <string.h>

enum {
    DWH_PER_KWH = 10000,
    METER_NUMBER_HIGHEST = 99999999,
};

static bool identity_is_valid(const struct wh_identity *identity)
{
    return identity->model[0] != '\0' && identity->meter_number <= METER_NUMBER_HIGHEST &&
           identity->pulses_per_kwh != 0 && DWH_PER_KWH % identity->pulses_per_kwh == 0;
}

enum wh_err wh_legal_manufacture(const struct wh_nvm *nvm, const struct wh_identity *identity)
{
    if (!identity_is_valid(identity)) {
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
        err = wh_persist_write_registers(&store, &zero);
    }
    if (err == WH_OK) { /* last: a meter with identity is complete */
        err = wh_persist_write_identity(&store, identity);
    }
    return err;
}

/* The calibration in use must be the one that the log tells of: that of the newest entry, or the one
 * before it when power was cut between the entry and the change. */
static enum wh_err check_calibration(const struct wh_legal *legal)
{
    struct wh_audit_entry entry = {0};
    enum wh_err err = WH_OK;
    for (uint32_t age = 0; age < legal->audit_count && entry.event != WH_AUDIT_CALIBRATED; age++) {
        err = wh_legal_audit(legal, age, &entry);
        if (err != WH_OK) {
            return err == WH_ERR_NOT_FOUND ? WH_OK : err; /* attempts that failed have no entry */
        }
    }
    const uint32_t checksum = wh_persist_calibration_checksum(legal->calibration);
    const bool known = entry.event != WH_AUDIT_CALIBRATED || checksum == entry.new_checksum ||
                       checksum == entry.old_checksum;
    return known ? WH_OK : WH_ERR_CORRUPT;
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

/* An interrupted manufacture leaves an empty ring; that is a blank meter, not a damaged one. */
static enum wh_err read_all(struct wh_legal *legal, const struct wh_store_report *found)
{
    enum wh_err err = wh_persist_read_identity(&legal->store, &legal->identity);
    if (err == WH_ERR_NOT_FOUND) {
        return was_never_completed(found) ? WH_ERR_BLANK : WH_ERR_CORRUPT;
    }
    if (err == WH_OK && !identity_is_valid(&legal->identity)) {
        return WH_ERR_CORRUPT;
    }
    if (err == WH_OK) {
        err = wh_persist_read_registers(&legal->store, &legal->registers);
    }
    if (err == WH_OK) {
        return read_parameters(legal);
    }
    return err == WH_ERR_NOT_FOUND ? WH_ERR_CORRUPT : err;
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
                              found->rings[WH_PERSIST_AUDIT_INDEX].state == WH_STORE_LOST;
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
    const bool older =
        report->registers_older || report->store.rings[WH_PERSIST_AUDIT_INDEX].newest_lost;
    return status | (older ? WH_STATUS_NEWEST_LOST : 0);
}

static uint32_t pulse_weight_dwh(const struct wh_legal *legal)
{
    return DWH_PER_KWH / legal->identity.pulses_per_kwh;
}

static uint64_t pulses_of(const struct wh_legal *legal)
{
    return legal->registers.count_dwh[WH_A_PLUS] / pulse_weight_dwh(legal);
}

static int64_t pulse_weight_uj(const struct wh_legal *legal)
{
    return (int64_t)pulse_weight_dwh(legal) * WH_UJ_PER_DWH;
}

/* Energy since the last pulse; below zero after a little energy flowed back. */
static int64_t position_in_pulse_uj(const struct wh_legal *legal)
{
    const uint64_t counts = legal->registers.count_dwh[WH_A_PLUS] % pulse_weight_dwh(legal);
    return (int64_t)counts * WH_UJ_PER_DWH + legal->registers.rest_uj[WH_PAIR_ACTIVE];
}

enum wh_err wh_legal_start(struct wh_legal *legal, const struct wh_nvm *nvm,
                           struct wh_legal_start_report *report)
{
    *legal = (struct wh_legal){0};
    *report = (struct wh_legal_start_report){0};
    enum wh_err err = wh_store_mount(&legal->store, nvm, &wh_legal_layout, &report->store);
    fill_report(&report->store, report);
    if (err == WH_OK) {
        err = read_all(legal, &report->store);
    }
    if (err != WH_OK) {
        return err;
    }
    if (report->parameters_lost) {
        return WH_ERR_CORRUPT;
    }
    legal->status = status_of(report);
    legal->pulses_at_start = pulses_of(legal);
    /* One good copy of the superblock is enough to run; a failed repair is tried at the next start.
     */
    (void)wh_store_repair(&legal->store);
    return WH_OK;
}

/* Pulses are due where the energy of the window crossed a multiple of the pulse weight; they are given one
 * window later, at those distances. */
static void earn_pulses(struct wh_legal *legal, uint64_t pulses_before, int64_t position_uj,
                        const struct wh_bus_report *report)
{
    const uint32_t count = (uint32_t)(pulses_of(legal) - pulses_before);
    int64_t window_uj = 0;
    for (int p = 0; p < WH_PHASES; p++) {
        window_uj += report->phase[p].active_uj;
    }
    if (count == 0 || window_uj <= 0) {
        return;
    }
    const int64_t weight_uj = pulse_weight_uj(legal);
    const int64_t window = report->sample_count;
    const int64_t first = (weight_uj - position_uj) * window / window_uj;
    wh_pulse_earn(&legal->pulse, count, first > 0 ? (uint32_t)first : 0,
                  (uint32_t)(weight_uj * window / window_uj));
}

void wh_legal_take(struct wh_legal *legal, const struct wh_bus_report *report)
{
    const uint64_t pulses_before = pulses_of(legal);
    const int64_t position_uj = position_in_pulse_uj(legal);
    const bool changed = wh_registers_add(&legal->registers, report);
    earn_pulses(legal, pulses_before, position_uj, report);
    wh_second_add(&legal->second, report);
    if (changed) {
        (void)wh_legal_save(legal); /* an error is in the status, and the next change tries again */
    }
}

void wh_legal_run_pulses(struct wh_legal *legal, uint32_t sample_count)
{
    wh_pulse_run(&legal->pulse, sample_count);
}

enum wh_err wh_legal_save(struct wh_legal *legal)
{
    const enum wh_err err = wh_persist_write_registers(&legal->store, &legal->registers);
    if (err == WH_OK) {
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

uint64_t wh_legal_pulse_count(const struct wh_legal *legal)
{
    return pulses_of(legal) - legal->pulses_at_start;
}

bool wh_legal_led(const struct wh_legal *legal)
{
    return wh_pulse_is_lit(&legal->pulse);
}

uint32_t wh_legal_status(const struct wh_legal *legal)
{
    return legal->status;
}

struct wh_identity wh_legal_identity(const struct wh_legal *legal)
{
    return legal->identity;
}
