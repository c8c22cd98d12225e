/* The legal part as a value: for who composes a meter (meter/) and for nobody else.
 *
 * Takes the internal-bus reports in, keeps the main registers, their storage and the pulses. What
 * others may know of it is legal/interface.h.
 */
#ifndef WH_LEGAL_LEGAL_H
#define WH_LEGAL_LEGAL_H

#include "legal/interface.h"
#include "legal/pulse.h"
#include "legal/registers.h"
#include "legal/second.h"
#include "legal/self_check.h"
#include "legal/tariffs.h"
#include "metrology/calibration.h"
#include "metrology/report.h"
#include "store/nvm.h"
#include "store/store.h"

struct wh_legal {
    struct wh_store store;
    struct wh_registers registers;
    struct wh_second second;
    struct wh_pulse pulse;
    struct wh_identity identity;
    struct wh_calibration calibration[WH_PHASES];
    struct wh_tariffs tariffs;
    struct wh_self_check self_check;
    struct wh_pulse s0;
    struct wh_voltage_window voltage[WH_PHASES]; /* of the last report */
    uint8_t disturbed;                           /* phases with a half cycle that was not normal */
    uint32_t audit_count;
    uint32_t utc_s;    /* now, 0 while the clock is not valid */
    uint32_t stored_s; /* when the newest registers were stored */
    uint64_t
        pulses_at_start;   /* register of the LED in pulses, at power-up or when it was selected */
    uint32_t status;       /* set of enum wh_legal_status_bit */
    uint8_t open_switches; /* bit of each enum wh_switch */
    uint8_t led_energy;    /* WH_A_PLUS, WH_A_MINUS, WH_R_PLUS or WH_R_MINUS */
    bool tariffs_unstored; /* a tariff was selected and the memory refused it */
};

/* What a start found in the memory: to tell the user what was recovered and what was lost. */
struct wh_legal_start_report {
    struct wh_store_report store;
    bool identity_lost;
    bool registers_lost;
    bool parameters_lost;        /* calibration or audit log */
    bool registers_older;        /* an acknowledged record was damaged, the one before is in use */
    bool software_changed;       /* another version ran last; it is in the audit log */
    uint64_t registers_sequence; /* number of the record in use */
};

/* Factory: formats the memory and writes the identity and registers of zero. Everything in it is
 * lost. WH_ERR_ARGUMENT if the identity has no model, a meter number over 99 999 999 or a constant
 * that does not divide 10 000; others as wh_store_format and wh_store_write. */
enum wh_err wh_legal_manufacture(const struct wh_nvm *nvm, const struct wh_identity *identity);

/* What the factory sets beside the identity (VAR-13). */
struct wh_legal_factory {
    uint16_t ratio; /* 1 … WH_RATIO_HIGHEST, else WH_ERR_ARGUMENT */
    bool ratio_locked;
};

/* The same with other than ratio 1, unlocked. */
enum wh_err wh_legal_manufacture_as(const struct wh_nvm *nvm, const struct wh_identity *identity,
                                    const struct wh_legal_factory *factory);

/* Power-up: restores identity and registers. nvm is borrowed as long as legal is used.
 *   WH_OK           running; report->registers_older tells of a recovery worth a message
 *   WH_ERR_BLANK    never manufactured
 *   WH_ERR_CORRUPT  identity or registers cannot be restored: the meter must not run
 *   others          as wh_store_mount
 * On errors legal is unusable; the report is filled as far as things are known. */
enum wh_err wh_legal_start(struct wh_legal *legal, const struct wh_nvm *nvm,
                           struct wh_legal_start_report *report);

/* A switch was opened or closed; nothing happens if it already is so. The verification seal leaves an entry in the
 * audit log: WH_ERR_SPACE if that is full, others as wh_store_write; then it counts as closed. */
enum wh_err wh_legal_set_switch(struct wh_legal *legal, enum wh_switch which, bool open);

/* The verification seal, at a time for the audit log. */
enum wh_err wh_legal_set_seal(struct wh_legal *legal, bool open, uint32_t utc_s);

/* The image of the running program, for the self-check (WELMEC 7.2 P5); borrowed for good. */
void wh_legal_watch_program(struct wh_legal *legal, const void *start, size_t size);

/* The parameters as they are now are the right ones: after reading or storing them. Private to legal/. */
void wh_legal_trust_parameters(struct wh_legal *legal);

/* A step of the cyclic self-check, to be called once a minute: a piece of the program, and the parameters in use against
 * what they were when they were read or stored. What it finds is in wh_legal_status for good. */
void wh_legal_check_self(struct wh_legal *legal);

/* Stores another calibration, with an entry in the audit log written first.
 *   WH_ERR_SEALED    the verification seal is closed
 *   WH_ERR_ARGUMENT  a value is out of range
 *   WH_ERR_SPACE     the audit log is full
 *   others           as wh_store_write
 * On every error the calibration in use and the one stored are the old ones. */
enum wh_err wh_legal_calibrate(struct wh_legal *legal,
                               const struct wh_calibration calibration[WH_PHASES], uint32_t utc_s);

/* One message of the internal bus: adds energies, earns pulses, stores the registers if the count
 * of any has changed (MEM-1). A failing memory sets WH_STATUS_STORE_FAILED and counting goes on. */
void wh_legal_take(struct wh_legal *legal, const struct wh_bus_report *report);

/* Time for the pulse outputs, as wh_pulse_run. */
void wh_legal_run_pulses(struct wh_legal *legal, uint32_t sample_count);

/* Stores the registers with their rests, for an orderly stop. Errors as wh_store_write. */
enum wh_err wh_legal_save(struct wh_legal *legal);

/* Size of memory needed with that page size, bytes. */
uint32_t wh_legal_memory_size(uint32_t page_size_bytes);

#endif
