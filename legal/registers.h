/* The main registers (REG-1, MET-2, MET-3): sums of the elements' reports, split by direction.
 *
 * Registers come in pairs of opposite direction. What is below a count is kept once for a pair, with its
 * sign: energy that flows to and fro by less than a count (a burst of cycles cut by a window, a load
 * without active power) cancels instead of counting in both directions, and a count is never taken
 * back. Private to legal/.
 */
#ifndef WH_LEGAL_REGISTERS_H
#define WH_LEGAL_REGISTERS_H

#include "legal/interface.h"
#include "metrology/report.h"

enum wh_register_pair {
    WH_PAIR_ACTIVE,          /* A+ and A- */
    WH_PAIR_REACTIVE_IMPORT, /* R1 and R4 */
    WH_PAIR_REACTIVE_EXPORT, /* R2 and R3 */
    WH_PAIR_L1,              /* A+ and A- of a phase */
    WH_PAIR_L2,
    WH_PAIR_L3,
    WH_PAIR_COUNT,
};

struct wh_registers {
    uint64_t count_dwh[WH_STORED_ENERGY_COUNT];
    int32_t rest_uj[WH_PAIR_COUNT]; /* beyond the counts; magnitude below WH_UJ_PER_DWH */
};

/* Size of the stored form, docs/store.md: 12 counts of 5 bytes, 6 rests of 4, little endian. */
enum { WH_REGISTERS_STORED_SIZE = WH_STORED_ENERGY_COUNT * 5 + WH_PAIR_COUNT * 4 };

/* Adds one report. Returns whether the count of any register has changed. */
bool wh_registers_add(struct wh_registers *registers, const struct wh_bus_report *report);

/* Any energy, also those that are sums of stored ones; energy < WH_ENERGY_COUNT. */
struct wh_energy_value wh_registers_get(const struct wh_registers *registers,
                                        enum wh_energy energy);

void wh_registers_encode(const struct wh_registers *registers,
                         uint8_t stored[WH_REGISTERS_STORED_SIZE]);

/* WH_ERR_CORRUPT, changing nothing, if a rest is out of range. */
enum wh_err wh_registers_decode(struct wh_registers *registers,
                                const uint8_t stored[WH_REGISTERS_STORED_SIZE]);

#endif
