/* Table of the power factors. */
#include "accuracy/factor.h"

static const struct acc_factor_row rows[ACC_FACTORS] = {
    [ACC_PF_1] = {"1", 1, 1, 0, ACC_ACTIVE},
    [ACC_PF_05_IND] = {"0.5 ind", 0.5, 0.5, 60, ACC_ACTIVE},
    [ACC_PF_08_CAP] = {"0.8 cap", 0.8, 0.8, -36.869897645844021, ACC_ACTIVE},
    [ACC_PF_025_IND] = {"0.25 ind", 0.25, 0.25, 75.522487814070076, ACC_ACTIVE},
    [ACC_PF_05_CAP] = {"0.5 cap", 0.5, 0.5, -60, ACC_ACTIVE},
    [ACC_SIN_1] = {"sin 1 ind", 0, 1, 90, ACC_REACTIVE},
    [ACC_SIN_05] = {"sin 0.5 ind", 0.86602540378443865, 0.5, 30, ACC_REACTIVE},
    [ACC_SIN_025] = {"sin 0.25 ind", 0.96824583655185422, 0.25, 14.477512185929924, ACC_REACTIVE},
    [ACC_SIN_1_CAP] = {"sin 1 cap", 0, 1, -90, ACC_REACTIVE},
    [ACC_SIN_05_CAP] = {"sin 0.5 cap", 0.86602540378443865, 0.5, -30, ACC_REACTIVE},
    [ACC_SIN_025_CAP] = {"sin 0.25 cap", 0.96824583655185422, 0.25, -14.477512185929924,
                         ACC_REACTIVE},
};

const struct acc_factor_row *acc_factor(enum acc_factor factor)
{
    return &rows[factor];
}
