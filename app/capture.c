/* Captured values. Invariant: what is stored is what wh_read gave, not a digit less. */
#include "app/capture.h"

enum { BITS = 48 };

int64_t wh_capture(const struct wh_reading_source *source, enum wh_quantity_id id)
{
    const struct wh_quantity *row = wh_catalog_get(id);
    struct wh_reading reading;
    if (row == NULL || wh_read(source, row, &reading) != WH_OK || reading.kind == WH_READING_TEXT) {
        return WH_CAPTURE_UNKNOWN;
    }
    return reading.kind == WH_READING_CLOCK ? (int64_t)source->clock->utc_s : reading.number;
}

void wh_capture_put(uint8_t stored[WH_CAPTURE_SIZE], int64_t value)
{
    for (int b = 0; b < WH_CAPTURE_SIZE; b++) {
        stored[b] = (uint8_t)((uint64_t)value >> 8 * b);
    }
}

int64_t wh_capture_get(const uint8_t stored[WH_CAPTURE_SIZE])
{
    uint64_t value = 0;
    for (int b = 0; b < WH_CAPTURE_SIZE; b++) {
        value |= (uint64_t)stored[b] << 8 * b;
    }
    const int64_t sign = INT64_C(1) << (BITS - 1);
    return ((int64_t)value ^ sign) - sign;
}

enum wh_err wh_capture_reading(enum wh_quantity_id id, int64_t value, struct wh_reading *reading)
{
    const struct wh_quantity *row = wh_catalog_get(id);
    *reading = (struct wh_reading){.kind = WH_READING_NUMBER};
    if (row == NULL || value == WH_CAPTURE_UNKNOWN) {
        return WH_ERR_STATE;
    }
    *reading = wh_reading_blank(row);
    reading->kind = row->form == WH_FORM_CLOCK ? WH_READING_TIME : reading->kind;
    reading->number = value;
    return WH_OK;
}
