/* Limits of the error under reference conditions: metrology reference, section 1. */
#include <math.h>

#include "accuracy/limit_table.h"

#define F(factor) (1u << ACC_##factor)

/* Columns: A, B, C; 1, 2; 0.5S, 0.2S. Each row is of one standard. */
#define EN  "EN 50470-3 (1.5)"
#define ONE "MID composite, one phase loaded, +5…+30 °C (1.5)"
#define P21 "IEC 62053-21 (1.1)"
#define P22 "IEC 62053-22 (1.2)"

#define MID(factors, direct_from, direct_to, ct_from, ct_to, a, b, c)                              \
    {                                                                                              \
        factors, false, {direct_from, direct_to, ct_from, ct_to}, {a, b, c}, "UUU----",            \
        {                                                                                          \
            EN, EN, EN                                                                             \
        }                                                                                          \
    }
#define MID_SINGLE(factors, direct_from, ct_from, a, b, c)                                         \
    {                                                                                              \
        factors, true, {direct_from, INFINITY, ct_from, INFINITY}, {a, b, c}, "UUU----",           \
        {                                                                                          \
            ONE, ONE, ONE                                                                          \
        }                                                                                          \
    }
#define I21(factors, single, direct_from, direct_to, ct_from, ct_to, one, two)                     \
    {                                                                                              \
        factors, single, {direct_from, direct_to, ct_from, ct_to}, {0, 0, 0, one, two}, "---SU--", \
        {                                                                                          \
            NULL, NULL, NULL, P21, P21                                                             \
        }                                                                                          \
    }
#define I22(factors, single, ct_from, ct_to, half, fifth)                                          \
    {                                                                                              \
        factors, single, {0, 0, ct_from, ct_to}, {0, 0, 0, 0, 0, half, fifth}, "-----UU",          \
        {                                                                                          \
            NULL, NULL, NULL, NULL, NULL, P22, P22                                                 \
        }                                                                                          \
    }

/* Itr is 0.1 Ib or 0.05 In; the spans of EN 50470-3 start at Imin: 0.05 Ib, 0.01 In for our models. */
const struct acc_limit_row acc_load_limits[] = {
    MID(F(PF_1), 0.05, 0.1, 0.01, 0.05, 2.5, 1.5, 1.0),
    MID(F(PF_1), 0.1, INFINITY, 0.05, INFINITY, 2.0, 1.0, 0.5),
    MID(F(PF_05_IND) | F(PF_08_CAP), 0.1, INFINITY, 0.05, INFINITY, 2.0, 1.0, 0.6),
    MID_SINGLE(F(PF_1) | F(PF_05_IND), 0.1, 0.05, 4, 2.5, 1),

    I21(F(PF_1), false, 0.05, 0.1, 0.02, 0.05, 1.5, 2.5),
    I21(F(PF_1), false, 0.1, INFINITY, 0.05, INFINITY, 1.0, 2.0),
    I21(F(PF_05_IND), false, 0.1, 0.2, 0.05, 0.1, 1.5, 2.5),
    I21(F(PF_08_CAP), false, 0.1, 0.2, 0.05, 0.1, 1.5, 0),
    I21(F(PF_05_IND), false, 0.2, INFINITY, 0.1, INFINITY, 1.0, 2.0),
    I21(F(PF_08_CAP), false, 0.2, INFINITY, 0.1, INFINITY, 1.0, 0),
    I21(F(PF_025_IND), false, 0.2, 1.0001, 0.1, 1.0001, 3.5, 0),
    I21(F(PF_05_CAP), false, 0.2, 1.0001, 0.1, 1.0001, 2.5, 0),
    I21(F(PF_1), true, 0.1, INFINITY, 0.05, INFINITY, 2.0, 3.0),
    I21(F(PF_05_IND), true, 0.2, INFINITY, 0.1, INFINITY, 2.0, 3.0),

    I22(F(PF_1), false, 0.01, 0.05, 1.0, 0.4),
    I22(F(PF_1), false, 0.05, INFINITY, 0.5, 0.2),
    I22(F(PF_05_IND) | F(PF_08_CAP), false, 0.02, 0.1, 1.0, 0.5),
    I22(F(PF_05_IND) | F(PF_08_CAP), false, 0.1, INFINITY, 0.6, 0.3),
    I22(F(PF_025_IND) | F(PF_05_CAP), false, 0.1, INFINITY, 1.0, 0.5),
    I22(F(PF_1), true, 0.05, INFINITY, 0.6, 0.3),
    I22(F(PF_05_IND), true, 0.1, INFINITY, 1.0, 0.4),
    {0},
};

#define SIN_1   (F(SIN_1) | F(SIN_1_CAP))
#define SIN_05  (F(SIN_05) | F(SIN_05_CAP))
#define SIN_025 (F(SIN_025) | F(SIN_025_CAP))
#define I23(factors, single, direct_from, direct_to, ct_from, ct_to, two, three)                   \
    {                                                                                              \
        factors, single, {direct_from, direct_to, ct_from, ct_to}, {two, three, 0},                \
            "IEC 62053-23 (1.3)"                                                                   \
    }
#define I24(factors, direct_from, direct_to, ct_from, ct_to, one)                                  \
    {                                                                                              \
        factors, false, {direct_from, direct_to, ct_from, ct_to}, {0, 0, one},                     \
            "IEC 62053-24 (1.4)"                                                                   \
    }

const struct acc_reactive_limit_row acc_reactive_load_limits[] = {
    I23(SIN_1, false, 0.05, 0.1, 0.02, 0.05, 2.5, 4.0),
    I23(SIN_1, false, 0.1, INFINITY, 0.05, INFINITY, 2.0, 3.0),
    I23(SIN_05, false, 0.1, 0.2, 0.05, 0.1, 2.5, 4.0),
    I23(SIN_05, false, 0.2, INFINITY, 0.1, INFINITY, 2.0, 3.0),
    I23(SIN_025, false, 0.2, INFINITY, 0.1, INFINITY, 2.5, 4.0),
    I23(SIN_1, true, 0.1, INFINITY, 0.05, INFINITY, 3.0, 4.0),
    I23(SIN_05, true, 0.2, INFINITY, 0.1, INFINITY, 3.0, 4.0),

    I24(SIN_1, 0.05, 0.1, 0.01, 0.05, 1.5),
    I24(SIN_1, 0.1, INFINITY, 0.05, INFINITY, 1.0),
    I24(SIN_05, 0.1, 0.2, 0.05, 0.1, 1.5),
    I24(SIN_05, 0.2, INFINITY, 0.1, INFINITY, 1.0),
    I24(SIN_025, 0.2, INFINITY, 0.1, INFINITY, 2.0),
    {0},
};
