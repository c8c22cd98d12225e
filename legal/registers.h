/* The main registers (REG-1, MET-2, MET-3): sums of the elements' reports, split by direction.
 *
 * Private to legal/.
 */
#ifndef WH_LEGAL_REGISTERS_H
#define WH_LEGAL_REGISTERS_H

#include "legal/interface.h"
#include "metrology/report.h"

struct wh_registers {
    struct wh_energy_value value[WH_STORED_ENERGY_COUNT];
};

/* Size of the stored form, docs/store.md: 12 x (count 5 bytes, rest 4 bytes), little endian. */
enum { WH_REGISTERS_STORED_SIZE = WH_STORED_ENERGY_COUNT * 9 };

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
