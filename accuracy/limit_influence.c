/* Limits of changes of the error, and of the MID's composite error: metrology reference, 2.1 and 1.5. */
#include "accuracy/limit_table.h"

#define F(factor) (1u << ACC_##factor)
#define UNITY     F(PF_1)
#define HALF      (F(PF_05_IND) | F(PF_08_CAP))

#define SOURCES(mid, iec)                                                                          \
    {                                                                                              \
        mid, mid, mid, iec, iec, iec, iec                                                          \
    }
/* Columns: A, B, C; 1, 2; 0.5S, 0.2S. */
#define ROW(influence, factors, marks, a, b, c, one, two, half, fifth)                             \
    {                                                                                              \
        influence,                                                                                 \
        {                                                                                          \
            factors, false, {0, 0, 0, 0}, {a, b, c, one, two, half, fifth}, marks,                 \
                SOURCES("EN 50470-3 (2.1)", "IEC 62053 (2.1)")                                     \
        }                                                                                          \
    }

const struct acc_influence_row acc_influence_limits[] = {
    ROW(ACC_VOLTAGE, UNITY, "UUUSUUU", 1.0, 0.7, 0.2, 0.7, 1.0, 0.2, 0.1),
    ROW(ACC_VOLTAGE, HALF, "UUUSUUU", 1.5, 1.0, 0.4, 1.0, 1.5, 0.4, 0.2),
    /* Three times the row above for every class. */
    ROW(ACC_VOLTAGE_EXTENDED, UNITY, "UUUSUUU", 3.0, 2.1, 0.6, 2.1, 3.0, 0.6, 0.3),
    ROW(ACC_VOLTAGE_EXTENDED, HALF, "UUUSUUU", 4.5, 3.0, 1.2, 3.0, 4.5, 1.2, 0.6),
    /* Permitted is +10 %…−100 %: taken as ±10 %, since a meter that runs has no need of the rest. */
    ROW(ACC_VOLTAGE_LOW, UNITY, "UUUUUUU", 10, 10, 10, 10, 10, 10, 10),
    ROW(ACC_FREQUENCY, UNITY, "UUUUUUU", 0.8, 0.5, 0.2, 0.5, 0.8, 0.2, 0.1),
    ROW(ACC_FREQUENCY, HALF, "UUUUUUU", 1.0, 0.7, 0.2, 0.7, 1.0, 0.2, 0.1),
    ROW(ACC_TEMPERATURE, UNITY, "UUUUUUU", 0.10, 0.05, 0.03, 0.05, 0.10, 0.03, 0.01),
    ROW(ACC_TEMPERATURE, HALF, "UUUUUUU", 0.15, 0.07, 0.05, 0.07, 0.15, 0.05, 0.02),
    ROW(ACC_SEQUENCE, UNITY, "UUUUUUU", 1.5, 1.5, 0.3, 1.5, 1.5, 0.1, 0.05),
    ROW(ACC_UNBALANCE, UNITY, "UUUUUUU", 4.0, 2.0, 1.0, 2.0, 4.0, 1.0, 0.5),
    ROW(ACC_HARMONICS, UNITY, "UUUSUUU", 1.0, 0.8, 0.5, 0.8, 1.0, 0.5, 0.4),
    ROW(ACC_DC, UNITY, "UUUUU--", 6.0, 3.0, 1.5, 3.0, 6.0, 0, 0),
    ROW(ACC_ODD, UNITY, "UUUUU--", 6.0, 3.0, 1.5, 3.0, 6.0, 0, 0),
    ROW(ACC_SUB, UNITY, "UUUUUUU", 6.0, 3.0, 1.5, 3.0, 6.0, 1.5, 0.6),
    /* EN 50470-3's own figure is not in the reference: that of the IEC class of the same index. */
    ROW(ACC_SELF_HEATING, UNITY, "UUUUUUU", 1.0, 0.7, 0.2, 0.7, 1.0, 0.2, 0.1),
    ROW(ACC_SELF_HEATING, HALF, "UUUUUUU", 1.5, 1.0, 0.2, 1.0, 1.5, 0.2, 0.1),
    ROW(ACC_SINGLE_DIFFERENCE, UNITY, "UUUUUUU", 2.5, 1.5, 1.0, 1.5, 2.5, 1.0, 0.4),
    {0, {0}},
};

#define SIN_1  (F(SIN_1) | F(SIN_1_CAP))
#define SIN_05 (F(SIN_05) | F(SIN_05_CAP))
#define REACTIVE(influence, factors, two, three, one, source)                                      \
    {                                                                                              \
        influence,                                                                                 \
        {                                                                                          \
            factors, false, {0, 0, 0, 0}, {two, three, one}, source                                \
        }                                                                                          \
    }

const struct acc_reactive_influence_row acc_reactive_influence_limits[] = {
    REACTIVE(ACC_VOLTAGE, SIN_1, 1.0, 2.0, 0, "IEC 62053-23 (2.1)"),
    REACTIVE(ACC_VOLTAGE, SIN_05, 1.5, 3.0, 0, "IEC 62053-23 (2.1)"),
    REACTIVE(ACC_FREQUENCY, SIN_1 | SIN_05, 2.5, 2.5, 0, "IEC 62053-23 (2.1)"),
    REACTIVE(ACC_TEMPERATURE, SIN_1, 0.10, 0.15, 0, "IEC 62053-23 (2.1)"),
    REACTIVE(ACC_TEMPERATURE, SIN_05, 0.15, 0.25, 0, "IEC 62053-23 (2.1)"),
    REACTIVE(ACC_SINGLE_DIFFERENCE, SIN_1, 2.5, 3.5, 0, "IEC 62053-23 (1.3)"),
    {0, {0}},
};

#define BANDS(load, mark, a1, b1, c1, a2, b2, c2, a3, b3, c3, a4, b4, c4)                          \
    {load, 5, 30, {a1, b1, c1}, mark, "MID Annex V (1.5)"},                                        \
        {load, -10, 40, {a2, b2, c2}, mark, "MID Annex V (1.5)"},                                  \
        {load, -25, 55, {a3, b3, c3}, mark, "MID Annex V (1.5)"},                                  \
    {                                                                                              \
        load, -40, 70, {a4, b4, c4}, mark, "MID Annex V (1.5)"                                     \
    }

/* The first band that holds a temperature is its own: each is inside the next. */
const struct acc_composite_row acc_composite_limits[] = {
    BANDS(ACC_COMPOSITE_LOW, 'V', 3.5, 2, 1, 5, 2.5, 1.3, 7, 3.5, 1.7, 9, 4, 2),
    BANDS(ACC_COMPOSITE_FULL, 'V', 3.5, 2, 0.7, 4.5, 2.5, 1, 7, 3.5, 1.3, 9, 4, 1.5),
    BANDS(ACC_COMPOSITE_SINGLE, 'U', 4, 2.5, 1, 5, 3, 1.3, 7, 4, 1.7, 9, 4.5, 2),
    {0},
};
