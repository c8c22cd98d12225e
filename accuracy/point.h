/* Test points: what is applied to a meter, how its error is found and what it is held against.
 */
#ifndef WH_ACCURACY_POINT_H
#define WH_ACCURACY_POINT_H

#include <stddef.h>
#include <stdint.h>

#include "accuracy/limit.h"

enum acc_wave {
    ACC_SINE,
    ACC_FIFTH,       /* 5th harmonic: 10 % in U, 40 % in I, in phase (reference 2.2) */
    ACC_HALF_WAVE,   /* DC and even harmonics */
    ACC_PHASE_FIRED, /* at 90°: odd harmonics */
};

/* What is at the terminals. */
struct acc_load {
    double u_pct;     /* of Un */
    unsigned missing; /* mask of phases without voltage and current */
    bool reversed;    /* phase sequence */
    double f_hz;
    double celsius;
    double i_a; /* in each loaded phase; for a wave other than sine: of the sine it is cut from */
    enum acc_factor factor;
    bool export;
    unsigned loaded; /* mask of the phases with current: ACC_ALL_PHASES is balanced */
    enum acc_wave wave;
    unsigned on_cycles, off_cycles; /* bursts; 0: none */
};

/* How a point is measured. */
enum acc_method {
    ACC_MEASURE,    /* registered against reference energy */
    ACC_COLD,       /* the same, shunts still cold */
    ACC_START,      /* has to register at all */
    ACC_NO_LOAD,    /* error: registered energy in percent of a pulse; no pulse is permitted */
    ACC_CONSTANT,   /* error: pulses against the register that they stand for */
    ACC_REPEAT,     /* error: standard deviation of ACC_REPEAT_RUNS runs */
    ACC_CONTINUITY, /* the load steps through the whole range and back while energy is counted */
    ACC_DERIVED,    /* nothing is played: follows from other points */
};

/* What of the error is held against the limit. */
enum acc_judge {
    ACC_JUDGE_ERROR,
    ACC_JUDGE_CHANGE,    /* less the error of another point */
    ACC_JUDGE_COMPOSITE, /* the MID's root of the sum of squares */
};

enum { ACC_NONE = -1, ACC_REPEAT_RUNS = 10 };

struct acc_point {
    const char *test; /* "load", "voltage", … */
    struct acc_load load;
    enum acc_method method;
    enum acc_judge judge;
    int reference;        /* point whose error is subtracted, ACC_NONE */
    int design_reference; /* the same for the design limit */
    double seconds;       /* that are counted */
    struct acc_limit limit;
    double design_pct; /* design limit of ours; 0: none */
};

struct acc_points {
    struct acc_point *point;
    size_t count;
    size_t capacity;
    bool quick;
    enum wh_err err; /* WH_ERR_SPACE: memory ran out, the list is not complete */
};

/* The points of a rating: the standards' own, or a quick selection of one or two per test. Errors:
 * WH_ERR_SPACE. The caller frees the list, also after an error. */
enum wh_err acc_points_make(struct acc_points *points, const struct acc_rating *rating, bool quick);
void acc_points_free(struct acc_points *points);

/* Seconds of mains that a run of all points takes: for progress. */
double acc_points_seconds(const struct acc_points *points);

/* "balanced", "L1", "L1+L2" */
const char *acc_phases_text(const struct acc_rating *rating, unsigned loaded);

#endif
