/* Units under test. Invariant: every sample that the player gives passes front end and meter exactly once. */
#include "accuracy/unit.h"

#include <math.h>
#include <string.h>

#include "accuracy/stimulus.h"

enum { BLOCK = 128 };

static enum wh_err start_meter(struct acc_unit *unit)
{
    struct wh_meter_start_report found;
    const struct wh_order order = {.variant = unit->rating->variant,
                                   .serial_number = unit->number + 1,
                                   .meter_number = unit->number + 1};
    enum wh_err err = board_memory_open(&unit->memory);
    if (err == WH_OK) {
        err = wh_meter_manufacture(&unit->memory.board, &order, NULL);
    }
    return err == WH_OK ? wh_meter_start(&unit->meter, &unit->memory.board, &found) : err;
}

enum wh_err acc_unit_open_with(struct acc_unit *unit, const struct acc_rating *rating,
                               uint32_t number, const struct sim_front_end *front_end)
{
    *unit = (struct acc_unit){.rating = rating, .number = number, .front_end = *front_end};
    const enum wh_err err = start_meter(unit);
    if (err != WH_OK) {
        board_memory_close(&unit->memory);
    }
    return err;
}

enum wh_err acc_unit_open(struct acc_unit *unit, const struct acc_rating *rating, uint32_t number)
{
    const struct sim_front_end_scale scale = {
        .u_full_scale_v = rating->variant->u_full_scale_mv / 1e3,
        .i_full_scale_a = rating->variant->i_full_scale_ma / 1e3,
    };
    const char *kind = rating->ideal ? "ideal" : rating->direct ? "382" : rating->variant->model;
    struct sim_front_end front_end;
    if (sim_front_end_init(&front_end, sim_front_end_kind_find(kind), number, &scale) != WH_OK) {
        return WH_ERR_UNSUPPORTED;
    }
    return acc_unit_open_with(unit, rating, number, &front_end);
}

void acc_unit_close(struct acc_unit *unit)
{
    board_memory_close(&unit->memory);
}

static void settle_front_end(struct acc_unit *unit, bool cold)
{
    double i_rms_a[SIM_PHASES] = {0};
    for (int p = 0; p < SIM_PHASES && !cold; p++) {
        struct sim_signal_power power;
        sim_signal_power(&unit->player.signal, p, &power);
        i_rms_a[p] = power.i_rms_a;
    }
    sim_front_end_settle(&unit->front_end, i_rms_a);
}

enum wh_err acc_unit_apply(struct acc_unit *unit, const struct acc_load *load, bool cold)
{
    const double angle_deg = acc_player_angle_deg(&unit->player, unit->start_angle_deg);
    const struct sim_signal_config config = acc_stimulus(unit->rating, load, angle_deg);
    const enum wh_err err = acc_player_start(&unit->player, &config);
    if (err != WH_OK) {
        return err;
    }
    unit->start_angle_deg = fmod(angle_deg, 360);
    unit->current_off = false;
    unit->after_dc = load->wave == ACC_HALF_WAVE;
    sim_front_end_set_ambient(&unit->front_end, load->celsius);
    settle_front_end(unit, cold);
    wh_meter_set_temperature(&unit->meter, sim_front_end_sensor_centi_c(&unit->front_end));
    return WH_OK;
}

/* The way of wh_meter_sample, with a hand on the internal bus. */
static void give_tampered(struct acc_unit *unit, const struct wh_sample_set *sets, size_t count,
                          wh_meter_observer *observer, void *context)
{
    while (count > 0) {
        struct wh_bus_report report;
        bool ready;
        const size_t taken = wh_measuring_run(&unit->meter.measuring, sets, count, &report, &ready);
        if (ready) {
            unit->tamper->report(unit->tamper->context, &report);
            wh_meter_report(&unit->meter, &report);
        }
        if (ready && observer != NULL) {
            observer(context, &report);
        }
        sets += taken;
        count -= taken;
    }
}

static void give(struct acc_unit *unit, struct wh_sample_set *sets, size_t count,
                 wh_meter_observer *observer, void *context)
{
    const struct acc_tamper *tamper = unit->tamper;
    if (tamper != NULL && tamper->samples != NULL) {
        tamper->samples(tamper->context, &unit->meter, sets, count);
    }
    if (tamper != NULL && tamper->report != NULL) {
        give_tampered(unit, sets, count, observer, context);
    } else {
        wh_meter_sample(&unit->meter, sets, count, observer, context);
    }
}

void acc_unit_play(struct acc_unit *unit, uint64_t count, wh_meter_observer *observer,
                   void *context)
{
    struct sim_instant instants[BLOCK];
    struct wh_sample_set sets[BLOCK];
    while (count > 0) {
        const size_t block = count < BLOCK ? (size_t)count : BLOCK;
        acc_player_pull(&unit->player, instants, block);
        for (size_t k = 0; k < block; k++) {
            if (unit->current_off) {
                memset(instants[k].i_a, 0, sizeof instants[k].i_a);
            }
            sim_front_end_convert(&unit->front_end, &instants[k], sets[k].u, sets[k].i);
        }
        give(unit, sets, block, observer, context);
        count -= block;
    }
}

void acc_unit_finish_window(struct acc_unit *unit)
{
    acc_unit_play(unit, unit->meter.measuring.samples_left, NULL, NULL);
}
