/* The power factors that the standards test at.
 */
#ifndef WH_ACCURACY_FACTOR_H
#define WH_ACCURACY_FACTOR_H

enum acc_factor {
    ACC_PF_1,
    ACC_PF_05_IND,
    ACC_PF_08_CAP,
    ACC_PF_025_IND,
    ACC_PF_05_CAP,
    ACC_SIN_1, /* reactive, inductive: R+ */
    ACC_SIN_05,
    ACC_SIN_025,
    ACC_SIN_1_CAP, /* capacitive: R- */
    ACC_SIN_05_CAP,
    ACC_SIN_025_CAP,
    ACC_FACTORS,
};

enum acc_quantity {
    ACC_ACTIVE,
    ACC_REACTIVE,
};

struct acc_factor_row {
    const char *name; /* "0.5 ind" */
    double pf;        /* cos φ */
    double value;     /* the factor that scales the energy: |cos φ| or |sin φ| */
    double lag_deg;   /* of the current behind the voltage */
    enum acc_quantity quantity;
};

const struct acc_factor_row *acc_factor(enum acc_factor factor);

#endif
