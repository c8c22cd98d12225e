/* Registers that are no quantity of the catalog: limits of voltage and neutral fault, which are
 * parameters, and the last payment. Classes 3 and 4, read only. Invariant: a value is shown as it
 * is in force, never kept a second time. */
#include "cosem/moment.h"
#include "cosem/objects.h"

enum { SCALER_UNIT = 3, CAPTURE_TIME = 5, MV_PER_V = 1000 };

static uint32_t neutral_shift_v(const struct wh_application *app)
{
    return app->config.neutral_shift_v;
}

static uint32_t neutral_high_v(const struct wh_application *app)
{
    return app->config.neutral_high_v;
}

static uint32_t over_v(const struct wh_application *app)
{
    return app->config.over_mv / MV_PER_V;
}

static uint32_t under_v(const struct wh_application *app)
{
    return app->config.under_mv / MV_PER_V;
}

static uint32_t last_payment_wh(const struct wh_application *app)
{
    return app->prepayment.last_wh;
}

static const struct row {
    uint8_t name[6];
    uint8_t models; /* bit by enum wh_model */
    bool needs_breaker;
    bool is_payment; /* an extended register, with its time; u32 */
    enum wh_unit unit;
    uint32_t (*value)(const struct wh_application *app);
} rows[] = {
    {{1, 1, 130, 0, 4, 255}, 0xff, true, true, WH_UNIT_WH, last_payment_wh},
    {{1, 1, 134, 0, 9, 255},
     0xff & ~(1 << WH_MODEL_351C),
     false,
     false,
     WH_UNIT_V,
     neutral_shift_v},
    {{1, 1, 134, 0, 10, 255},
     0xff & ~(1 << WH_MODEL_351C),
     false,
     false,
     WH_UNIT_V,
     neutral_high_v},
    {{1, 1, 134, 0, 12, 255}, 0xff, false, false, WH_UNIT_V, over_v},
    {{1, 1, 134, 0, 13, 255}, 0xff, false, false, WH_UNIT_V, under_v},
};

static size_t count(void)
{
    return sizeof rows / sizeof rows[0];
}

static const uint8_t *name(size_t index)
{
    return rows[index].name;
}

static void describe(const struct wh_cosem_face *face, size_t index, struct dlms_object *object)
{
    const struct row *row = &rows[index];
    const bool exists = (row->models >> face->application->variant->id & 1u) != 0 &&
                        (!row->needs_breaker || face->application->config.breaker != 0);
    object->class_id = row->is_payment ? WH_COSEM_EXTENDED_REGISTER : WH_COSEM_REGISTER;
    object->attribute_count = row->is_payment ? CAPTURE_TIME : SCALER_UNIT;
    object->readable = DLMS_ATTRIBUTE(WH_COSEM_VALUE) | DLMS_ATTRIBUTE(SCALER_UNIT) |
                       (row->is_payment ? DLMS_ATTRIBUTE(CAPTURE_TIME) : 0);
    object->groups = exists ? WH_COSEM_GROUP_METER : 0;
}

static enum dlms_result read(struct wh_cosem_face *face, const struct wh_cosem_read *read,
                             struct dlms_writer *out)
{
    const struct wh_application *app = face->application;
    const struct row *row = &rows[read->index];
    if (read->attribute == SCALER_UNIT) {
        dlms_put_scaler_unit(out, 0, wh_unit_cosem_code(row->unit));
    } else if (read->attribute == CAPTURE_TIME) {
        wh_cosem_put_past(out, &app->clock, app->prepayment.last_s,
                          app->prepayment.last_clock_valid);
    } else if (row->is_payment) {
        dlms_put_u32(out, row->value(app));
    } else {
        dlms_put_u16(out, (uint16_t)row->value(app));
    }
    return DLMS_RESULT_SUCCESS;
}

const struct wh_cosem_kind wh_cosem_limits = {count, name, describe, read, NULL, NULL};
