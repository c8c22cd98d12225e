/* One unit of a kind: drawn, read by row, printed. Every value has a random stream of its own, so a
 * row that is added or changed leaves all other values of all units as they were. */
#include "sim/front_end_kind.h"

#include <math.h>

#include "sim/random.h"

enum { STREAMS_PER_FIELD = 4, ATTEMPTS = 64 };

static size_t field_offset(const struct sim_front_end_row *row, int phase)
{
    const bool whole_meter = row->scope == SIM_FRONT_END_PER_METER;
    return row->offset + (whole_meter ? 0 : (size_t)phase * sizeof(struct sim_front_end_phase));
}

static double *field(struct sim_front_end_unit *unit, const struct sim_front_end_row *row,
                     int phase)
{
    return (double *)(void *)((char *)unit + field_offset(row, phase));
}

double sim_front_end_value(const struct sim_front_end_unit *unit,
                           const struct sim_front_end_row *row, int phase)
{
    return *(const double *)(const void *)((const char *)unit + field_offset(row, phase));
}

static double draw(const struct sim_front_end_row *row, struct sim_random random)
{
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
        const double off = row->sigma * sim_random_gaussian(&random);
        if (fabs(off) <= row->limit) {
            return row->nominal + off;
        }
    }
    return row->nominal;
}

static void draw_row(const struct sim_front_end_kind *kind, const struct sim_front_end_row *row,
                     struct sim_front_end_unit *unit)
{
    const uint64_t seed = (uint64_t)kind->key << 32 | unit->number;
    const bool common = row->scope == SIM_FRONT_END_PER_METER ||
                        (row->scope == SIM_FRONT_END_PER_ADC && kind->adc_count == 1);
    for (int phase = 0; phase < SIM_PHASES; phase++) {
        const size_t stream =
            row->offset / sizeof(double) * STREAMS_PER_FIELD + (common ? 0 : (size_t)phase);
        *field(unit, row, phase) = draw(row, sim_random_stream(seed, stream));
    }
}

void sim_front_end_draw(const struct sim_front_end_kind *kind, uint32_t number,
                        struct sim_front_end_unit *unit)
{
    *unit = (struct sim_front_end_unit){.number = number};
    for (size_t k = 0; k < kind->row_count; k++) {
        draw_row(kind, &kind->rows[k], unit);
    }
}

void sim_front_end_print(const struct sim_front_end_kind *kind,
                         const struct sim_front_end_unit *unit, FILE *out)
{
    fprintf(out, "Unit %lu of kind %s\n\n", (unsigned long)unit->number, kind->name);
    fprintf(out, "| value | L1 | L2 | L3 | nominal | sigma | limit ± | source |\n");
    fprintf(out, "|---|---|---|---|---|---|---|---|\n");
    for (size_t k = 0; k < kind->row_count; k++) {
        const struct sim_front_end_row *row = &kind->rows[k];
        fprintf(out, "| %s |", row->name);
        for (int phase = 0; phase < SIM_PHASES; phase++) {
            fprintf(out, " %.5g |", sim_front_end_value(unit, row, phase));
        }
        fprintf(out, " %g | %g | %g | %s |\n", row->nominal, row->sigma, row->limit, row->source);
    }
}
