/* Classes and approvals as tables. */
#include "accuracy/class.h"

#include <string.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* Starting currents: metrology reference 2.3 (IEC, S); A, B, C from 1.5 (U) with Itr = 0.1 Ib, 0.05 In.
 * Pairing with reactive classes is usage; the 351C's 2 is VAR-6. */
static const struct acc_class classes[] = {
    {"A", ACC_A, ACC_A, 2, 0.005, 0.003, 'U', ACC_REACTIVE_3},
    {"B", ACC_B, ACC_B, 1, 0.004, 0.002, 'U', ACC_REACTIVE_2},
    {"C", ACC_C, ACC_C, 0.5, 0.004, 0.001, 'U', ACC_REACTIVE_2},
    {"1", ACC_1, ACC_B, 1, 0.004, 0.002, 'S', ACC_REACTIVE_2},
    {"2", ACC_2, ACC_A, 2, 0.005, 0.003, 'S', ACC_REACTIVE_3},
    {"0.5S", ACC_05S, ACC_C, 0.5, 0.004, 0.001, 'S', ACC_REACTIVE_2},
    {"0.5", ACC_05S, ACC_C, 0.5, 0.004, 0.001, 'S',
     ACC_REACTIVE_2}, /* as the 351C's sheet has it */
    {"0.2S", ACC_02S, ACC_C, 0.2, 0.004, 0.001, 'S', ACC_REACTIVE_1},
};

/* 0.2S is nobody's approval; it is let in for the 351C to show how far it is from it. */
static const struct acc_approval approvals[] = {
    {"382M", {"B", "A", "1", "2"}, {"4-wire", "aron", "1-phase", "2-phase"}, 80, 115, 5},
    {"382L", {"B", "A", "1", "2"}, {"4-wire", "aron", "1-phase", "2-phase"}, 90, 110, 2},
    {"351C", {"C", "B", "1", "0.5", "0.5S", "0.2S"}, {"4-wire", "aron"}, 80, 115, 2},
};

const struct acc_class *acc_class_find(const char *name)
{
    for (size_t k = 0; k < COUNT(classes); k++) {
        if (strcmp(classes[k].name, name) == 0) {
            return &classes[k];
        }
    }
    return NULL;
}

const struct acc_approval *acc_approval_find(const char *model)
{
    for (size_t k = 0; k < COUNT(approvals); k++) {
        if (strcmp(approvals[k].model, model) == 0) {
            return &approvals[k];
        }
    }
    return NULL;
}

const char *acc_reactive_name(enum acc_reactive_column column)
{
    static const char *const names[ACC_REACTIVE_COLUMNS] = {"2", "3", "1"};
    return names[column];
}
