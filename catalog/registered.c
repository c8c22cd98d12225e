/* Which energies a quantity needs: what an energy type does not register, it does not show (VAR-7). */
#include "catalog/catalog.h"
#include "legal/interface.h"

#define ENERGY(energy) (UINT32_C(1) << (energy))

enum { BY_TARIFF = 4 };

static const uint8_t tariff_energies[BY_TARIFF] = {WH_A_PLUS, WH_A_MINUS, WH_R_PLUS, WH_R_MINUS};

static const uint32_t channel_energies[WH_DEMAND_CHANNELS] = {
    [WH_DEMAND_P_PLUS] = ENERGY(WH_A_PLUS),
    [WH_DEMAND_P_MINUS] = ENERGY(WH_A_MINUS),
    [WH_DEMAND_Q_PLUS] = ENERGY(WH_R_PLUS),
    [WH_DEMAND_Q_MINUS] = ENERGY(WH_R_MINUS),
    [WH_DEMAND_S_PLUS] = ENERGY(WH_A_PLUS) | ENERGY(WH_R_PLUS),
    [WH_DEMAND_S_MINUS] = ENERGY(WH_A_MINUS) | ENERGY(WH_R_PLUS),
    [WH_DEMAND_P_PLUS_T1] = ENERGY(WH_A_PLUS),
    [WH_DEMAND_P_PLUS_T2] = ENERGY(WH_A_PLUS),
    [WH_DEMAND_Q_PLUS_T1] = ENERGY(WH_R_PLUS),
    [WH_DEMAND_Q_PLUS_T2] = ENERGY(WH_R_PLUS),
};

uint32_t wh_quantity_energies(const struct wh_quantity *quantity)
{
    switch (quantity->source) {
    case WH_SOURCE_ENERGY:
    case WH_SOURCE_SECONDARY_ENERGY:
        return ENERGY(quantity->index);
    case WH_SOURCE_ENERGY_ABSOLUTE:
    case WH_SOURCE_ENERGY_NET:
        return ENERGY(WH_A_PLUS) | ENERGY(WH_A_MINUS);
    case WH_SOURCE_TARIFF_ENERGY:
        return ENERGY(tariff_energies[quantity->index % BY_TARIFF]);
    case WH_SOURCE_DEMAND_MEAN:
    case WH_SOURCE_DEMAND_PEAK:
    case WH_SOURCE_DEMAND_SUM:
    case WH_SOURCE_DEMAND_TIME:
        return channel_energies[quantity->index];
    default:
        return 0;
    }
}
