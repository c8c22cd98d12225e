/* Accuracy classes, and which of them a model is made for (VAR-6).
 */
#ifndef WH_ACCURACY_CLASS_H
#define WH_ACCURACY_CLASS_H

#include <stdbool.h>
#include <stddef.h>

/* Columns of the limit tables (accuracy/limit.c). A, B, C: EN 50470-3; 1, 2: IEC 62053-21; 0.5S, 0.2S:
 * IEC 62053-22. */
enum acc_column {
    ACC_A,
    ACC_B,
    ACC_C,
    ACC_1,
    ACC_2,
    ACC_05S,
    ACC_02S,
    ACC_COLUMNS,
};

/* Reactive classes: 2 and 3 of IEC 62053-23, 1 of IEC 62053-24. */
enum acc_reactive_column {
    ACC_REACTIVE_2,
    ACC_REACTIVE_3,
    ACC_REACTIVE_1,
    ACC_REACTIVE_COLUMNS,
};

struct acc_class {
    const char *name; /* "B", "0.5S" */
    enum acc_column column;
    enum acc_column mid; /* the MID class of the same index: whose composite error is shown */
    double index;        /* class index in percent */
    double start_direct; /* starting current, share of Ib; metrology reference 2.3 and 1.5 */
    double start_ct;     /* of In */
    char start_mark;     /* of these two: S or U */
    enum acc_reactive_column reactive; /* what is usually paired with it */
};

/* A class by name, NULL if unknown. */
const struct acc_class *acc_class_find(const char *name);

/* What a model is approved for, and between which limits it promises to be accurate. */
struct acc_approval {
    const char *model;
    const char *classes[8];       /* names; the first is the default; ends with NULL */
    const char *wirings[5];       /* names of accuracy/rating.h; ends with NULL */
    double u_low_pct, u_high_pct; /* VAR-3 */
    double f_pct;                 /* ± of nominal, VAR-5 */
};

/* NULL if the model is unknown. */
const struct acc_approval *acc_approval_find(const char *model);

/* Name of a reactive class: "2". */
const char *acc_reactive_name(enum acc_reactive_column column);

#endif
