/* Columns. Invariant: wh_cosem_column and wh_cosem_put_row go by the same layout, so what is
 * captured and what is written cannot differ. */
#include "cosem/columns.h"
#include "app/capture.h"
#include "cosem/event_columns.h"
#include "cosem/moment.h"

/* Attributes by which the family names what is no attribute of an object. */
enum { LOGGER_STATUS = -1, DATA_QUALITY = -2 };

enum {
    LOGGER_STATUS_SHIFT = 16, /* in enum wh_profile_status */
    LOGGER_STATUS_MASK = 0x03c8,
    DATA_QUALITY_MASK = 0x07ff,
    ENERGY_FORMAT = 1,
};

static const uint8_t clock_name[6] = {0, 1, 1, 0, 0, 255};
static const uint8_t format_name[6] = {1, 1, 134, 0, 1, 255};

/* What a record of any kind has. */
struct head {
    uint32_t utc_s;
    uint32_t status; /* enum wh_profile_status */
    bool is_valid;
};

struct wh_cosem_log_kind {
    bool is_even;
    bool has_quality;
    void (*lay_out)(const struct wh_cosem_face *face, struct wh_cosem_layout *layout);
    enum wh_err (*next)(const struct wh_cosem_face *face, struct wh_log_range *range,
                        union wh_cosem_record *record);
    struct head (*head)(const union wh_cosem_record *record);
    int64_t (*value)(const union wh_cosem_record *record, uint8_t at);
};

static void add(const struct wh_cosem_face *face, struct wh_cosem_layout *layout, uint8_t quantity,
                uint8_t at)
{
    if (wh_application_has(face->application, (enum wh_quantity_id)quantity)) {
        const size_t v = (size_t)(layout->count++ - layout->head);
        layout->value[v].capture = wh_cosem_capture_of((enum wh_quantity_id)quantity);
        layout->value[v].at = at;
    }
}

static struct head head_of(uint32_t utc_s, uint32_t status)
{
    const struct head head = {utc_s, status, (status & WH_PROFILE_TIME_INVALID) == 0};
    return head;
}

/* ---- Load profile ---- */

/* The register of a side. What the registers of the meter do not show has the name of the other
 * side's. */
static uint8_t register_of(const struct wh_config *config, uint8_t energy)
{
    const bool secondary =
        config->profile_side == WH_SIDE_SECONDARY && config->display_side == WH_SIDE_PRIMARY;
    switch (energy) {
    case WH_A_PLUS:
        return secondary ? WH_QUANTITY_A_PLUS_SECONDARY : WH_QUANTITY_A_PLUS;
    case WH_A_MINUS:
        return secondary ? WH_QUANTITY_A_MINUS_SECONDARY : WH_QUANTITY_A_MINUS;
    case WH_R_PLUS:
        return secondary ? WH_QUANTITY_R_PLUS_SECONDARY : WH_QUANTITY_R_PLUS;
    default:
        return secondary ? WH_QUANTITY_R_MINUS_SECONDARY : WH_QUANTITY_R_MINUS;
    }
}

static uint8_t power_of(uint8_t energy)
{
    switch (energy) {
    case WH_A_PLUS:
        return WH_QUANTITY_P_PLUS_MEAN;
    case WH_A_MINUS:
        return WH_QUANTITY_P_MINUS_MEAN;
    case WH_R_PLUS:
        return WH_QUANTITY_Q_PLUS_MEAN;
    default:
        return WH_QUANTITY_Q_MINUS_MEAN;
    }
}

static void lay_out_profile(const struct wh_cosem_face *face, struct wh_cosem_layout *layout)
{
    const struct wh_config *config = &face->application->config;
    uint8_t count;
    const uint8_t *energies = wh_profile_energies((enum wh_energy_type)config->energy_type, &count);
    for (uint8_t e = 0; e < count; e++) {
        add(face, layout, register_of(config, energies[e]), e);
    }
    for (uint8_t e = 0; config->profile_of_power != 0 && e < count; e++) {
        add(face, layout, power_of(energies[e]), (uint8_t)(WH_PROFILE_ENERGIES_MAX + e));
    }
}

static enum wh_err next_profile(const struct wh_cosem_face *face, struct wh_log_range *range,
                                union wh_cosem_record *record)
{
    return wh_profile_next(range, &face->application->config, &record->profile);
}

static struct head head_of_profile(const union wh_cosem_record *record)
{
    return head_of(record->profile.utc_s, record->profile.status);
}

static int64_t value_of_profile(const union wh_cosem_record *record, uint8_t at)
{
    return at < WH_PROFILE_ENERGIES_MAX ? (int64_t)record->profile.count_dwh[at]
                                        : record->profile.power_milli[at - WH_PROFILE_ENERGIES_MAX];
}

const struct wh_cosem_log_kind wh_cosem_load_profile = {
    true, true, lay_out_profile, next_profile, head_of_profile, value_of_profile};

/* ---- Analysis logger ---- */

static void lay_out_logger(const struct wh_cosem_face *face, struct wh_cosem_layout *layout)
{
    uint8_t quantity[WH_LOGGER_QUANTITIES];
    const uint8_t count = wh_logger_quantities(&face->application->config, quantity);
    for (uint8_t q = 0; q < count; q++) {
        add(face, layout, quantity[q], q);
    }
}

static enum wh_err next_logger(const struct wh_cosem_face *face, struct wh_log_range *range,
                               union wh_cosem_record *record)
{
    return wh_logger_next(range, &face->application->config, &record->logger);
}

static struct head head_of_logger(const union wh_cosem_record *record)
{
    return head_of(record->logger.utc_s, record->logger.status);
}

static int64_t value_of_logger(const union wh_cosem_record *record, uint8_t at)
{
    return record->logger.value[at];
}

const struct wh_cosem_log_kind wh_cosem_logger = {false,       true,           lay_out_logger,
                                                  next_logger, head_of_logger, value_of_logger};

/* ---- Debiting ---- */

/* The clock is the stamp of the record already. */
static void lay_out_list(const struct wh_cosem_face *face, struct wh_cosem_layout *layout,
                         const uint8_t *list, size_t count)
{
    for (size_t q = 0; q < count; q++) {
        if (list[q] != WH_QUANTITY_CLOCK) {
            add(face, layout, list[q], (uint8_t)q);
        }
    }
}

static void lay_out_debiting(const struct wh_cosem_face *face, struct wh_cosem_layout *layout)
{
    size_t count;
    const uint8_t *list = wh_debiting_quantities(&count);
    lay_out_list(face, layout, list, count);
}

static void lay_out_debiting_2(const struct wh_cosem_face *face, struct wh_cosem_layout *layout)
{
    size_t count;
    const uint8_t *list = wh_debiting_2_quantities(&count);
    lay_out_list(face, layout, list, count);
}

static enum wh_err next_debiting(const struct wh_cosem_face *face, struct wh_log_range *range,
                                 union wh_cosem_record *record)
{
    (void)face;
    return wh_debiting_next(range, &record->debiting);
}

static enum wh_err next_debiting_2(const struct wh_cosem_face *face, struct wh_log_range *range,
                                   union wh_cosem_record *record)
{
    (void)face;
    return wh_debiting_2_next(range, &record->debiting);
}

static struct head head_of_debiting(const union wh_cosem_record *record)
{
    const struct head head = {record->debiting.utc_s, 0, record->debiting.clock_valid};
    return head;
}

static int64_t value_of_debiting(const union wh_cosem_record *record, uint8_t at)
{
    return record->debiting.value[at];
}

const struct wh_cosem_log_kind wh_cosem_debiting = {
    false, true, lay_out_debiting, next_debiting, head_of_debiting, value_of_debiting};
const struct wh_cosem_log_kind wh_cosem_debiting_2 = {
    false, true, lay_out_debiting_2, next_debiting_2, head_of_debiting, value_of_debiting};

/* ---- Events ---- */

static void lay_out_events(const struct wh_cosem_face *face, struct wh_cosem_layout *layout)
{
    size_t count;
    (void)face;
    (void)wh_cosem_event_columns(layout->profile->log, &count);
    layout->count = (uint8_t)(layout->head + count);
}

static enum wh_err next_event(const struct wh_cosem_face *face, struct wh_log_range *range,
                              union wh_cosem_record *record)
{
    (void)face;
    return wh_event_next(range, &record->event);
}

static struct head head_of_event(const union wh_cosem_record *record)
{
    const struct head head = {record->event.utc_s, 0, record->event.clock_valid};
    return head;
}

const struct wh_cosem_log_kind wh_cosem_events = {false,      false,         lay_out_events,
                                                  next_event, head_of_event, NULL};

/* ---- All ---- */

void wh_cosem_lay_out(const struct wh_cosem_face *face, const struct wh_cosem_profile *profile,
                      struct wh_cosem_layout *layout)
{
    const uint8_t head = profile->kind->has_quality ? 4 : 3;
    *layout = (struct wh_cosem_layout){.profile = profile, .head = head, .count = head};
    profile->kind->lay_out(face, layout);
}

bool wh_cosem_rows_are_even(const struct wh_cosem_layout *layout)
{
    return layout->profile->kind->is_even;
}

enum wh_err wh_cosem_next(const struct wh_cosem_face *face, const struct wh_cosem_layout *layout,
                          struct wh_log_range *range, union wh_cosem_record *record)
{
    return layout->profile->kind->next(face, range, record);
}

static bool is_event_log(const struct wh_cosem_layout *layout)
{
    return layout->profile->kind == &wh_cosem_events;
}

static const struct wh_cosem_event_column *event_column(const struct wh_cosem_layout *layout,
                                                        uint8_t c)
{
    size_t count;
    return &wh_cosem_event_columns(layout->profile->log, &count)[c - layout->head];
}

static struct wh_cosem_place place(uint16_t class_id, const uint8_t *name, int8_t attribute)
{
    const struct wh_cosem_place made = {class_id, name, attribute};
    return made;
}

struct wh_cosem_place wh_cosem_column(const struct wh_cosem_layout *layout, uint8_t c)
{
    if (c == 0) {
        return place(WH_COSEM_CLOCK, clock_name, WH_COSEM_VALUE);
    }
    if (c + 1 < layout->head) {
        return place(WH_COSEM_PROFILE, layout->profile->name,
                     c == 1 ? LOGGER_STATUS : DATA_QUALITY);
    }
    if (c < layout->head) {
        return place(WH_COSEM_DATA, format_name, WH_COSEM_VALUE);
    }
    if (is_event_log(layout)) {
        const struct wh_cosem_event_column *column = event_column(layout, c);
        return place(column->class_id, column->name, WH_COSEM_VALUE);
    }
    return wh_cosem_place_of((enum wh_quantity_id)layout->value[c - layout->head].capture.quantity);
}

static void put_head(const struct wh_cosem_face *face, const struct wh_cosem_layout *layout,
                     const struct head *head, uint8_t c, struct dlms_writer *out)
{
    if (c == 0) {
        wh_cosem_put_past(out, face->source.clock, head->utc_s, head->is_valid);
    } else if (c + 1 == layout->head) {
        dlms_put_i8(out, ENERGY_FORMAT);
    } else if (c == 1) {
        dlms_put_u16(out, head->status >> LOGGER_STATUS_SHIFT & LOGGER_STATUS_MASK);
    } else {
        dlms_put_u32(out, head->status & DATA_QUALITY_MASK);
    }
}

static void put_value(const struct wh_cosem_face *face, const struct wh_cosem_layout *layout,
                      const union wh_cosem_record *record, uint8_t c, struct dlms_writer *out)
{
    const uint8_t v = (uint8_t)(c - layout->head);
    if (is_event_log(layout)) {
        event_column(layout, c)->put(out, face->source.clock, &record->event);
    } else {
        wh_cosem_put_captured(out, face->source.clock, &layout->value[v].capture,
                              layout->profile->kind->value(record, layout->value[v].at));
    }
}

void wh_cosem_put_row(const struct wh_cosem_face *face, const struct wh_cosem_layout *layout,
                      const struct wh_cosem_selected *selected, const union wh_cosem_record *record,
                      struct dlms_writer *out)
{
    const struct head head = layout->profile->kind->head(record);
    dlms_put_structure(out, selected->count);
    for (uint8_t i = 0; i < selected->count; i++) {
        const uint8_t c = selected->column[i];
        if (c < layout->head) {
            put_head(face, layout, &head, c, out);
        } else {
            put_value(face, layout, record, c, out);
        }
    }
}
