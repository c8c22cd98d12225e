/* The self-check. Invariant: a round over the program covers every byte once, whatever is measured meanwhile. */
#include "legal/self_check.h"
#include "common/crc32.h"
#include "legal/legal.h"
#include "legal/persist.h"

enum { PIECE_SIZE = 8192 }; /* bytes of the program a step, a minute: 512 KiB in an hour */

static uint32_t parameter_crc(const struct wh_checked_parameters *p)
{
    const struct wh_identity *identity = p->identity;
    const uint32_t numbers[] = {identity->serial_number,
                                identity->meter_number,
                                identity->pulses_per_kwh,
                                identity->s0_pulses_per_kwh,
                                p->ratio,
                                p->ratio_locked,
                                wh_persist_calibration_checksum(p->calibration)};
    return wh_crc32(wh_crc32(0, numbers, sizeof numbers), identity->model, sizeof identity->model);
}

void wh_self_check_begin(struct wh_self_check *check,
                         const struct wh_checked_parameters *parameters)
{
    check->parameter_crc = parameter_crc(parameters);
}

static uint32_t end_round(struct wh_self_check *check)
{
    const bool changed = check->round_counts && check->round_crc != check->program_crc;
    if (!check->round_counts) {
        check->program_crc = check->round_crc;
        check->round_counts = true;
    }
    check->program_done = 0;
    check->round_crc = 0;
    return changed ? WH_STATUS_PROGRAM_CHANGED : 0;
}

static uint32_t check_program(struct wh_self_check *check)
{
    if (check->program == NULL) {
        return 0;
    }
    const size_t left = check->program_size - check->program_done;
    const size_t piece = left < PIECE_SIZE ? left : PIECE_SIZE;
    check->round_crc = wh_crc32(check->round_crc, check->program + check->program_done, piece);
    check->program_done += piece;
    return check->program_done == check->program_size ? end_round(check) : 0;
}

/* The parameters only between rounds or pieces of the program: they are short. */
uint32_t wh_self_check_step(struct wh_self_check *check,
                            const struct wh_checked_parameters *parameters)
{
    const uint32_t found = check_program(check);
    const bool changed = parameter_crc(parameters) != check->parameter_crc;
    return found | (changed ? WH_STATUS_PARAMETER_CHANGED : 0);
}

static struct wh_checked_parameters parameters_of(const struct wh_legal *legal)
{
    const struct wh_checked_parameters parameters = {
        .identity = &legal->identity,
        .calibration = legal->calibration,
        .ratio = legal->tariffs.ratio,
        .ratio_locked = legal->tariffs.ratio_locked,
    };
    return parameters;
}

void wh_legal_trust_parameters(struct wh_legal *legal)
{
    const struct wh_checked_parameters parameters = parameters_of(legal);
    wh_self_check_begin(&legal->self_check, &parameters);
}

void wh_legal_watch_program(struct wh_legal *legal, const void *start, size_t size)
{
    legal->self_check.program = start;
    legal->self_check.program_size = size;
}

void wh_legal_check_self(struct wh_legal *legal)
{
    const struct wh_checked_parameters parameters = parameters_of(legal);
    legal->status |= wh_self_check_step(&legal->self_check, &parameters);
}
