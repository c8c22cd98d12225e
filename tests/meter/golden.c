/* The golden replay. The signal has what meters meet: frequency drift, harmonics, unbalance, load steps,
 * export on one phase, a current with DC, noise, a phase lost and back, a load near the start of
 * registration. */
#include "tests/meter/golden.h"
#include "common/crc32.h"
#include "common/trig.h"
#include <stdio.h>
#include <string.h>

enum { SECONDS = 60, BLOCK = 97 /* prime, so that blocks never align with windows */ };

struct signal {
    uint32_t angle;   /* of L1, turns of 2^32 */
    uint32_t noise;   /* state of the generator */
    uint32_t samples; /* since the start */
};

static int32_t noise(struct signal *s)
{
    s->noise = s->noise * 1664525u + 1013904223u;
    return (int32_t)(s->noise >> 29) - 4; /* -4 … 3 codes */
}

static int32_t wave(uint32_t angle, int32_t amplitude)
{
    return (int32_t)(((int64_t)wh_sine(angle) * amplitude) >> WH_TRIG_Q);
}

static int32_t voltage(struct signal *s, int phase, uint32_t angle)
{
    const uint32_t second = s->samples / WH_SAMPLE_RATE_HZ;
    if (phase == 1 && second >= 30 && second < 35) {
        return noise(s); /* L2 lost for five seconds */
    }
    const int32_t amplitude = 5457000 + phase * 40000; /* 230 V and a little unbalance */
    return wave(angle, amplitude) + wave(5 * angle + 0x20000000u, amplitude / 30) +
           wave(7 * angle, amplitude / 50) + noise(s) + 1200;
}

/* Amplitude and lag of a phase's load, in steps of seconds. */
struct load {
    uint8_t phase, from_s, to_s;
    int32_t amplitude; /* 59 300 codes are 1 A */
    uint32_t lag;
};

static const struct load loads[] = {
    {0, 2, 58, 600000, 0x08000000},  /* 10 A, 11 degrees lagging */
    {0, 20, 24, 4200000, 0},         /* 70 A */
    {1, 5, 50, 300000, 0x88000000},  /* export, 5 A */
    {1, 12, 20, 900000, 0x2aaaaaaa}, /* 60 degrees lagging */
    {2, 1, 59, 700, 0},              /* 12 mA: just above the start */
    {2, 40, 45, 120000, 0xe0000000}, /* leading */
};

static int32_t current(struct signal *s, int phase, uint32_t angle)
{
    const uint32_t second = s->samples / WH_SAMPLE_RATE_HZ;
    int32_t sum = noise(s) - 800;
    for (size_t l = 0; l < sizeof loads / sizeof loads[0]; l++) {
        const struct load *load = &loads[l];
        if (load->phase == phase && second >= load->from_s && second < load->to_s) {
            sum += wave(angle - load->lag, load->amplitude);
            sum += wave(3 * (angle - load->lag), load->amplitude / 5);
        }
    }
    const int32_t half_wave = wave(angle, 240000);
    return sum + (phase == 0 && second >= 45 && half_wave > 0 ? half_wave : 0);
}

static void next_set(struct signal *s, struct wh_sample_set *set)
{
    /* 49.9 Hz rising by 0.2 Hz over the minute. */
    s->angle += 52323942u + s->samples * 7u / 8u;
    for (int p = 0; p < WH_PHASES; p++) {
        const uint32_t angle = s->angle - (uint32_t)p * 0x55555555u;
        set->u[p] = voltage(s, p, angle);
        set->i[p] = current(s, p, angle);
    }
    s->samples++;
}

static enum wh_err read_memory(void *context, uint32_t address, void *dst, size_t length)
{
    memcpy(dst, (const uint8_t *)context + address, length);
    return WH_OK;
}

static enum wh_err write_memory(void *context, uint32_t address, const void *src, size_t length)
{
    memcpy((uint8_t *)context + address, src, length);
    return WH_OK;
}

static enum wh_err program_flash(void *context, uint32_t address, const void *src, size_t length)
{
    for (size_t b = 0; b < length; b++) {
        ((uint8_t *)context)[address + b] &= ((const uint8_t *)src)[b];
    }
    return WH_OK;
}

static enum wh_err erase_flash(void *context, uint32_t address)
{
    memset((uint8_t *)context + address, 0xFF, 4096);
    return WH_OK;
}

/* Field by field, since padding differs between machines. */
static uint32_t phase_crc(uint32_t crc, const struct wh_element_report *r)
{
    const uint64_t fields[] = {
        (uint64_t)r->active_uj,
        (uint64_t)r->reactive_uj,
        r->u_rms_mv,
        r->i_rms_ua,
        (uint32_t)r->active_mw,
        (uint32_t)r->reactive_mvar,
        r->apparent_mva,
        r->frequency_uhz,
        r->u_angle,
        r->locked,
        r->registering,
    };
    return wh_crc32(crc, fields, sizeof fields);
}

static void observe(void *context, const struct wh_bus_report *report)
{
    uint32_t *crc = context;
    const uint32_t fields[] = {report->sample_count, report->duration_q14};
    *crc = wh_crc32(*crc, fields, sizeof fields);
    for (int p = 0; p < WH_PHASES; p++) {
        *crc = phase_crc(*crc, &report->phase[p]);
    }
}

static void play(struct wh_meter *meter, uint32_t *reports_crc)
{
    struct signal signal = {.noise = 1};
    struct wh_sample_set sets[BLOCK];
    const uint32_t total = SECONDS * WH_SAMPLE_RATE_HZ;
    for (uint32_t done = 0; done < total;) {
        const uint32_t block = total - done < BLOCK ? total - done : BLOCK;
        for (uint32_t k = 0; k < block; k++) {
            next_set(&signal, &sets[k]);
        }
        wh_meter_sample(meter, sets, block, observe, reports_crc);
        done += block;
    }
}

static void take_outcome(const struct wh_meter *meter, const uint8_t *memory, const uint8_t *flash,
                         struct golden_outcome *outcome)
{
    for (int e = 0; e < WH_STORED_ENERGY_COUNT; e++) {
        (void)wh_legal_energy(&meter->legal, (enum wh_energy)e, &outcome->energy[e]);
    }
    for (int i = 0; i < WH_INSTANT_COUNT; i++) {
        (void)wh_legal_instant(&meter->legal, (enum wh_instant)i, &outcome->instant[i]);
    }
    outcome->pulses = wh_legal_pulse_count(&meter->legal);
    outcome->memory_crc = wh_crc32(0, memory, GOLDEN_MEMORY_SIZE);
    outcome->flash_crc = wh_crc32(0, flash, GOLDEN_FLASH_SIZE);
}

bool golden_run(uint8_t *memory, uint8_t *flash, struct golden_outcome *outcome)
{
    enum { HALF_A_MINUTE_BEFORE_A_QUARTER = 846424770 }; /* 2026-10-27 13:59:30 UTC */
    const struct wh_nvm nvm = {
        .read = read_memory,
        .write = write_memory,
        .context = memory,
        .size_bytes = GOLDEN_MEMORY_SIZE,
        .page_size_bytes = 512,
    };
    const struct wh_flash serial_flash = {
        .read = read_memory,
        .program = program_flash,
        .erase = erase_flash,
        .context = flash,
        .size_bytes = GOLDEN_FLASH_SIZE,
        .sector_size_bytes = 4096,
        .page_size_bytes = 256,
    };
    const struct wh_board board = {.nvm = &nvm, .flash = &serial_flash};
    const struct wh_order order = {
        .variant = wh_variant_find("382M"), .serial_number = 12345678, .meter_number = 12345678};
    static struct wh_meter meter; /* too large for the stack of a small target */
    struct wh_meter_start_report found;
    memset(memory, 0xFF, GOLDEN_MEMORY_SIZE);
    memset(flash, 0xFF, GOLDEN_FLASH_SIZE);
    memset(outcome, 0, sizeof *outcome);
    if (wh_meter_manufacture(&board, &order, NULL) != WH_OK ||
        wh_meter_start(&meter, &board, &found) != WH_OK ||
        wh_meter_set_clock(&meter, HALF_A_MINUTE_BEFORE_A_QUARTER) != WH_OK) {
        return false;
    }
    play(&meter, &outcome->reports_crc);
    take_outcome(&meter, memory, flash, outcome);
    return true;
}

void golden_print(const struct golden_outcome *outcome)
{
    printf("/* Made by golden_print, tests/meter/golden.c. A change here is a change of what "
           "meters register. */\n"
           "#include \"tests/meter/golden.h\"\n\n"
           "/* clang-format off */\n"
           "const struct golden_outcome golden_expected = {\n    .energy = {\n");
    for (int e = 0; e < WH_STORED_ENERGY_COUNT; e++) {
        printf("        {%llu, %lu},\n", (unsigned long long)outcome->energy[e].count_dwh,
               (unsigned long)outcome->energy[e].rest_uj);
    }
    printf("    },\n    .instant = {");
    for (int i = 0; i < WH_INSTANT_COUNT; i++) {
        printf("%s%lld", i == 0 ? "" : ", ", (long long)outcome->instant[i]);
    }
    printf("},\n    .pulses = %llu,\n    .reports_crc = 0x%08lx,\n    .memory_crc = 0x%08lx,\n    "
           ".flash_crc = 0x%08lx,\n};\n"
           "/* clang-format on */\n",
           (unsigned long long)outcome->pulses, (unsigned long)outcome->reports_crc,
           (unsigned long)outcome->memory_crc, (unsigned long)outcome->flash_crc);
}
