/* Tariff registers and the primary side of transformers (REG-1, TAR-1, VAR-14), derived from the main registers.
 *
 * Kept is how all of them stood at the last change of tariff or ratio; since then only the active tariff has
 * grown, by what the main registers have grown. So nothing is stored at each count, the tariffs always add up
 * to the total, and energy is never counted at a ratio that was not in force. Private to legal/.
 */
#ifndef WH_LEGAL_TARIFFS_H
#define WH_LEGAL_TARIFFS_H

#include "legal/registers.h"

enum { WH_TARIFF_ENERGY_COUNT = 4 }; /* A+, A-, R+, R- */

struct wh_tariffs {
    uint64_t main_dwh[WH_MAIN_ENERGY_COUNT]; /* at the last change */
    uint64_t primary_dwh[WH_MAIN_ENERGY_COUNT];
    uint64_t tariff_dwh[WH_TARIFFS][WH_TARIFF_ENERGY_COUNT];
    uint64_t tariff_primary_dwh[WH_TARIFFS][WH_TARIFF_ENERGY_COUNT];
    uint16_t ratio;
    uint8_t active; /* 0 … 3 */
    bool ratio_locked;
};

/* Size of the stored form, docs/store.md: counts of 5 bytes, those of the primary side of 6. */
enum {
    WH_TARIFFS_STORED_SIZE =
        4 + WH_MAIN_ENERGY_COUNT * (5 + 6) + WH_TARIFFS * WH_TARIFF_ENERGY_COUNT * (5 + 6)
};

/* A new meter: T1, ratio 1, nothing counted. */
struct wh_tariffs wh_tariffs_new(void);

/* Brings everything up to the main registers as they are: to be done before tariff or ratio change. */
void wh_tariffs_settle(struct wh_tariffs *tariffs, const struct wh_registers *registers);

/* Counts now. energy as wh_legal_energy_of_side and wh_legal_tariff_energy allow, else WH_ERR_ARGUMENT. */
enum wh_err wh_tariffs_main(const struct wh_tariffs *tariffs, const struct wh_registers *registers,
                            enum wh_energy energy, enum wh_side side, uint64_t *count_dwh);
enum wh_err wh_tariffs_of(const struct wh_tariffs *tariffs, const struct wh_registers *registers,
                          uint8_t tariff, enum wh_energy energy, enum wh_side side,
                          uint64_t *count_dwh);

/* Raises registers that are behind what was settled: the newest record of them was lost, and this one
 * proves that they had come so far. */
void wh_tariffs_recover(const struct wh_tariffs *tariffs, struct wh_registers *registers);

void wh_tariffs_encode(const struct wh_tariffs *tariffs, uint8_t stored[WH_TARIFFS_STORED_SIZE]);

/* WH_ERR_CORRUPT, changing nothing, if a value is out of range or the tariffs do not add up. */
enum wh_err wh_tariffs_decode(struct wh_tariffs *tariffs,
                              const uint8_t stored[WH_TARIFFS_STORED_SIZE]);

#endif
