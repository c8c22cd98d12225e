/* Rows of the limit tables. Private to limit*.c and their test.
 */
#ifndef WH_ACCURACY_LIMIT_TABLE_H
#define WH_ACCURACY_LIMIT_TABLE_H

#include "accuracy/limit.h"

/* Currents as shares of Ib (direct) or In (transformers): from ≤ I < to; from 0: not for such meters. */
struct acc_span {
    double direct_from, direct_to;
    double ct_from, ct_to;
};

struct acc_limit_row {
    unsigned factors; /* set of enum acc_factor; 0 ends the table */
    bool single;
    struct acc_span span;
    double pct[ACC_COLUMNS]; /* 0: none */
    char marks[ACC_COLUMNS + 1];
    const char *source[ACC_COLUMNS];
};

struct acc_reactive_limit_row {
    unsigned factors;
    bool single;
    struct acc_span span;
    double pct[ACC_REACTIVE_COLUMNS];
    const char *source;
};

struct acc_influence_row {
    enum acc_influence influence;
    struct acc_limit_row limit; /* its span is not used */
};

struct acc_reactive_influence_row {
    enum acc_influence influence;
    struct acc_reactive_limit_row limit;
};

enum acc_composite_load {
    ACC_COMPOSITE_LOW = 1, /* Imin ≤ I < Itr */
    ACC_COMPOSITE_FULL,    /* Itr ≤ I ≤ Imax */
    ACC_COMPOSITE_SINGLE,  /* the same, one phase loaded */
};

struct acc_composite_row {
    enum acc_composite_load load; /* 0 ends the table */
    double low_c, high_c;
    double pct[3]; /* A, B, C */
    char mark;
    const char *source;
};

extern const struct acc_limit_row acc_load_limits[];
extern const struct acc_reactive_limit_row acc_reactive_load_limits[];
extern const struct acc_influence_row acc_influence_limits[];
extern const struct acc_reactive_influence_row acc_reactive_influence_limits[];
extern const struct acc_composite_row acc_composite_limits[];

#endif
