/* What stands behind the meter's registers as objects: mean power of the running period (class 5),
 * the registers of the tariff in force (6), thresholds (21), the bits of the event status (63).
 * Invariant: views of what the application and the catalog have; only the power threshold is
 * written, by its parameter. */
#include "cosem/change.h"
#include "cosem/modern_objects.h"
#include "cosem/moment.h"
#include "cosem/quantity.h"

enum { SECONDS_PER_MINUTE = 60, MV_PER_DV = 100 };

/* ---- Demand registers ---- */

enum { CURRENT = 2, LAST, SCALER_UNIT, STATUS, CAPTURE_TIME, START_TIME, PERIOD, PERIODS };

/* The channels of the rows, by their means. */
static const struct {
    uint8_t channel; /* enum wh_demand_channel */
    uint8_t mean;    /* enum wh_quantity_id */
} demands[] = {
    {WH_DEMAND_P_PLUS, WH_QUANTITY_P_PLUS_MEAN}, {WH_DEMAND_P_MINUS, WH_QUANTITY_P_MINUS_MEAN},
    {WH_DEMAND_Q_PLUS, WH_QUANTITY_Q_PLUS_MEAN}, {WH_DEMAND_Q_MINUS, WH_QUANTITY_Q_MINUS_MEAN},
    {WH_DEMAND_S_PLUS, WH_QUANTITY_S_PLUS_MEAN}, {WH_DEMAND_S_MINUS, WH_QUANTITY_S_MINUS_MEAN},
};

static enum dlms_result put_power(struct dlms_writer *out, const struct wh_quantity *row,
                                  enum wh_err err, const struct wh_reading *reading)
{
    if (err == WH_OK) {
        dlms_put_u32(out, (uint32_t)wh_reading_scaled(reading, row->scaler));
    }
    return err == WH_OK ? DLMS_RESULT_SUCCESS : DLMS_RESULT_TEMPORARY_FAILURE;
}

static enum dlms_result put_demand(struct wh_cosem_face *face, const struct wh_cosem_read *read,
                                   struct dlms_writer *out)
{
    const enum wh_quantity_id id = (enum wh_quantity_id)demands[read->index].mean;
    const struct wh_quantity *row = wh_catalog_get(id);
    struct wh_reading reading;
    const enum wh_err err =
        read->attribute == LAST
            ? wh_read(&face->source, row, &reading)
            : wh_read_running_mean(&face->source,
                                   (enum wh_demand_channel)demands[read->index].channel, &reading);
    return put_power(out, row, err, &reading);
}

bool wh_modern_demand_exists(const struct wh_cosem_face *face, uint8_t index)
{
    return wh_application_has(face->application, (enum wh_quantity_id)demands[index].mean);
}

enum dlms_result wh_modern_demand_read(struct wh_cosem_face *face, const struct wh_cosem_read *read,
                                       struct dlms_writer *out)
{
    const struct wh_application *app = face->application;
    const struct wh_quantity *row = wh_catalog_get((enum wh_quantity_id)demands[read->index].mean);
    switch (read->attribute) {
    case SCALER_UNIT:
        dlms_put_scaler_unit(out, row->scaler, wh_unit_cosem_code(row->unit));
        break;
    case STATUS:
        dlms_put_null(out);
        break;
    case CAPTURE_TIME: /* one period ends where the next begins */
    case START_TIME:
        wh_cosem_put_past(out, &app->clock, app->running.demand.start_s, app->clock.valid);
        break;
    case PERIOD:
        dlms_put_u32(out, app->config.integration_min * (uint32_t)SECONDS_PER_MINUTE);
        break;
    case PERIODS:
        dlms_put_u16(out, 1);
        break;
    default:
        return put_demand(face, read, out);
    }
    return DLMS_RESULT_SUCCESS;
}

/* ---- Register activation ---- */

void wh_modern_put_tariff(struct dlms_writer *out, uint8_t tariff)
{
    const uint8_t name[] = {'T', (uint8_t)('0' + tariff)};
    dlms_put_octet_string(out, name, sizeof name);
}

/* The tariff whose registers it is one of; 0: none's. */
static uint8_t tariff_of(const struct wh_cosem_face *face, int id)
{
    enum { E = 4 };
    const struct wh_quantity *row = wh_catalog_get((enum wh_quantity_id)id);
    const bool is_of_tariff =
        row->source == WH_SOURCE_TARIFF_ENERGY || row->source == WH_SOURCE_DEMAND_PEAK;
    return is_of_tariff && wh_application_has(face->application, (enum wh_quantity_id)id)
               ? row->obis[E]
               : 0;
}

/* How many there are of a tariff; of 0, of all. */
static size_t count_of(const struct wh_cosem_face *face, uint8_t tariff)
{
    size_t count = 0;
    for (int id = 0; id < WH_QUANTITY_COUNT; id++) {
        const uint8_t of = tariff_of(face, id);
        count += of != 0 && (tariff == 0 || of == tariff);
    }
    return count;
}

static void put_assignment(const struct wh_cosem_face *face, struct dlms_writer *out)
{
    dlms_put_array(out, count_of(face, 0));
    for (int id = 0; id < WH_QUANTITY_COUNT; id++) {
        if (tariff_of(face, id) != 0) {
            const struct wh_cosem_place place = wh_cosem_place_of((enum wh_quantity_id)id);
            dlms_put_structure(out, 2);
            dlms_put_u16(out, place.class_id);
            dlms_put_octet_string(out, place.logical_name, 6);
        }
    }
}

/* Numbers in the assignment, from 1. */
static void put_mask(const struct wh_cosem_face *face, uint8_t tariff, struct dlms_writer *out)
{
    uint8_t number = 0;
    dlms_put_structure(out, 2);
    wh_modern_put_tariff(out, tariff);
    dlms_put_array(out, count_of(face, tariff));
    for (int id = 0; id < WH_QUANTITY_COUNT; id++) {
        const uint8_t of = tariff_of(face, id);
        number = (uint8_t)(number + (of != 0));
        if (of == tariff) {
            dlms_put_u8(out, number);
        }
    }
}

enum dlms_result wh_modern_activation_read(struct wh_cosem_face *face,
                                           const struct wh_cosem_read *read,
                                           struct dlms_writer *out)
{
    enum { ASSIGNMENT = 2, MASKS = 3 };
    if (read->attribute == ASSIGNMENT) {
        put_assignment(face, out);
    } else if (read->attribute == MASKS) {
        dlms_put_array(out, WH_TARIFFS);
        for (uint8_t tariff = 1; tariff <= (uint8_t)WH_TARIFFS; tariff++) {
            put_mask(face, tariff, out);
        }
    } else {
        wh_modern_put_tariff(out, wh_legal_tariff(face->legal));
    }
    return DLMS_RESULT_SUCCESS;
}

/* ---- Register monitors ---- */

enum { THRESHOLDS = 2, MONITORED = 3, OF_POWER = 0 };

/* Power: the threshold that periods are counted above. Voltages: under and over. */
static const uint8_t monitored[] = {WH_QUANTITY_P_PLUS_MEAN, WH_QUANTITY_U_L1, WH_QUANTITY_U_L2,
                                    WH_QUANTITY_U_L3};

static void put_thresholds(const struct wh_cosem_face *face, size_t index, struct dlms_writer *out)
{
    const struct wh_config *config = &face->application->config;
    if (index == OF_POWER) {
        dlms_put_array(out, 1);
        dlms_put_u32(out, config->power_threshold_w);
    } else {
        dlms_put_array(out, 2);
        dlms_put_u16(out, (uint16_t)(config->under_mv / MV_PER_DV));
        dlms_put_u16(out, (uint16_t)(config->over_mv / MV_PER_DV));
    }
}

/* The meter counts and logs by itself; no script is executed. */
static void put_no_actions(size_t count, struct dlms_writer *out)
{
    static const uint8_t no_script[6];
    enum { UP_AND_DOWN = 2 };
    dlms_put_array(out, count);
    for (size_t a = 0; a < count; a++) {
        dlms_put_structure(out, UP_AND_DOWN);
        for (int direction = 0; direction < UP_AND_DOWN; direction++) {
            dlms_put_structure(out, 2);
            dlms_put_octet_string(out, no_script, sizeof no_script);
            dlms_put_u16(out, 0);
        }
    }
}

enum dlms_result wh_modern_threshold_read(struct wh_cosem_face *face,
                                          const struct wh_cosem_read *read, struct dlms_writer *out)
{
    if (read->attribute == THRESHOLDS) {
        put_thresholds(face, read->index, out);
    } else if (read->attribute == MONITORED) {
        const struct wh_cosem_place place =
            wh_cosem_place_of((enum wh_quantity_id)monitored[read->index]);
        dlms_put_structure(out, 3);
        dlms_put_u16(out, place.class_id);
        dlms_put_octet_string(out, place.logical_name, 6);
        dlms_put_i8(out, place.attribute);
    } else {
        put_no_actions(read->index == OF_POWER ? 1 : 2, out);
    }
    return DLMS_RESULT_SUCCESS;
}

/* One threshold, of power. */
enum dlms_result wh_modern_threshold_write(struct wh_cosem_face *face,
                                           const struct wh_cosem_write *write)
{
    struct dlms_reader reader = dlms_reader(write->data.data, write->data.length);
    const struct dlms_value array = dlms_read_value(&reader);
    const struct dlms_value threshold = dlms_read_value(&reader);
    if (array.tag != DLMS_TAG_ARRAY) {
        return DLMS_RESULT_TYPE_UNMATCHED;
    }
    if (array.count != 1) {
        return DLMS_RESULT_OTHER_REASON;
    }
    return threshold.tag != DLMS_TAG_U32
               ? DLMS_RESULT_TYPE_UNMATCHED
               : wh_cosem_result(wh_cosem_configure(face, write->origin, "power_threshold_w",
                                                    threshold.integer));
}

/* ---- Status mapping ---- */

/* Bit n of a word is entry n of its table: docs/cosem.md has what app/events.h has. Tables from 128
 * on are the manufacturer's. */
enum dlms_result wh_modern_mapping_read(struct wh_cosem_face *face,
                                        const struct wh_cosem_read *read, struct dlms_writer *out)
{
    enum { WORD = 2, FIRST_TABLE = 128, WORD_A = 0 };
    const struct wh_running *running = &face->application->running;
    if (read->attribute == WORD) {
        dlms_put_u32(out, read->index == WORD_A ? running->event_a : running->event_b);
    } else {
        dlms_put_structure(out, 2);
        dlms_put_u8(out, (uint8_t)(FIRST_TABLE + read->index));
        dlms_put_u16(out, 0);
    }
    return DLMS_RESULT_SUCCESS;
}
