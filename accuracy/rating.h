/* What is tested: a model with one of its current ranges, wired in one way, on one mains, held to one
 * class (VAR-2…6).
 */
#ifndef WH_ACCURACY_RATING_H
#define WH_ACCURACY_RATING_H

#include "accuracy/class.h"
#include "catalog/variant.h"
#include "common/err.h"

enum acc_wiring {
    ACC_4_WIRE,
    ACC_ARON, /* two elements: u12 and i1 on L1, u32 and i3 on L3; Un is between the lines */
    ACC_1_PHASE,
    ACC_2_PHASE,
};

enum { ACC_ALL_PHASES = 7 };

/* As the user asks for it; NULL or 0: the model's default. */
struct acc_request {
    const char *model;
    const char *range; /* text as on the name plate, or its number from 1 */
    const char *wiring;
    const char *class_name;
    double frequency_hz; /* 50 or 60 */
    bool ideal;          /* an ideal front end */
};

struct acc_rating {
    const struct wh_variant *variant;
    const struct acc_approval *approval;
    const struct wh_current_range *range;
    const struct acc_class *class;
    enum acc_wiring wiring;
    const char *wiring_name;
    unsigned elements; /* mask of the phases that are wired, bit 0 = L1 */
    bool direct;       /* direct connected, not behind transformers */
    bool ideal;
    double frequency_hz;
    double un_v;   /* across an element */
    double ist_a;  /* starting current of the class */
    double imin_a; /* of the range */
    double itr_a;  /* 0.1 Ib direct, 0.05 In behind transformers */
    double ib_a;   /* Ib or In */
    double imax_a;
    double noise_a; /* of a current channel, rms: what measuring times are chosen for; 0 if ideal */
};

/* Works out a request. WH_ERR_ARGUMENT: something is unknown, or the combination does not exist; then
 * error has one line that names it and says what there is. */
enum wh_err acc_rating_init(struct acc_rating *rating, const struct acc_request *request,
                            char *error, size_t error_size);

/* Active power of all elements at Un, a current in each and power factor 1, W. */
double acc_rating_power_w(const struct acc_rating *rating, double i_a);

#endif
