/* Blocks of the display lists. Invariant: a list as a whole is what wh_config_check accepts, whichever of its blocks is
 * written. */
#include "face/display_block.h"
#include <string.h>

enum { FIRST_HALF = 1, SECOND_HALF = 2 };

/* Which part of which list a block is. */
static const struct {
    const char *parameter;
    uint8_t from;
} blocks[WH_DISPLAY_BLOCKS] = {{"automatic_list", 0},
                               {"manual_list", 0},
                               {"manual_list", WH_DISPLAY_BLOCK},
                               {"backup_list", 0}};

static const struct wh_parameter *list_of(uint16_t id, uint8_t *from)
{
    const unsigned block = (unsigned)(id - WH_DISPLAY_BLOCK_FIRST);
    if (id < WH_DISPLAY_BLOCK_FIRST || block >= WH_DISPLAY_BLOCKS) {
        return NULL;
    }
    *from = blocks[block].from;
    return wh_parameter_find(blocks[block].parameter);
}

enum wh_err wh_display_block_read(const struct wh_meter *meter, uint16_t id,
                                  struct kmp_value *value)
{
    uint8_t from;
    const struct wh_parameter *list = list_of(id, &from);
    if (list == NULL) {
        return WH_ERR_NOT_FOUND;
    }
    *value = (struct kmp_value){.unit = KMP_UNIT_NUMBER, .size = WH_DISPLAY_BLOCK};
    memset(value->bytes, WH_QUANTITY_NONE, WH_DISPLAY_BLOCK);
    for (uint8_t i = 0; i < WH_DISPLAY_BLOCK && from + i < list->count; i++) {
        value->bytes[i] =
            (uint8_t)wh_parameter_get(list, &meter->application.config, (uint8_t)(from + i));
    }
    return WH_OK;
}

static enum wh_err put(const struct wh_parameter *list, uint8_t from, const uint8_t *bytes,
                       struct wh_config *config)
{
    enum wh_err err = WH_OK;
    for (uint8_t i = 0; i < WH_DISPLAY_BLOCK && err == WH_OK; i++) {
        if (from + i < list->count) {
            err = wh_parameter_set(list, config, (uint8_t)(from + i), bytes[i]);
        } else if (bytes[i] != WH_QUANTITY_NONE) {
            err = WH_ERR_ARGUMENT;
        }
    }
    return err;
}

/* The first half of the list of the button waits for the second. */
static bool is_held(struct wh_kmp_face *face, uint16_t id, const uint8_t *bytes)
{
    const bool is_first = id == WH_DISPLAY_BLOCK_FIRST + FIRST_HALF;
    if (is_first) {
        memcpy(face->held, bytes, sizeof face->held);
    }
    if (id != WH_DISPLAY_BLOCK_FIRST + SECOND_HALF) {
        face->has_held = is_first;
    }
    return is_first;
}

enum wh_err wh_display_block_write(struct wh_kmp_face *face, uint16_t id,
                                   const struct kmp_value *value)
{
    struct wh_meter *meter = face->access->meter;
    struct wh_config config = meter->application.config;
    struct wh_config_fault fault;
    uint8_t from;
    const struct wh_parameter *list = list_of(id, &from);
    if (list == NULL) {
        return WH_ERR_NOT_FOUND;
    }
    if (value->size != WH_DISPLAY_BLOCK) {
        return WH_ERR_ARGUMENT;
    }
    if (is_held(face, id, value->bytes)) {
        return WH_OK;
    }
    enum wh_err err = face->has_held ? put(list, 0, face->held, &config) : WH_OK;
    face->has_held = false;
    if (err == WH_OK) {
        err = put(list, from, value->bytes, &config);
    }
    return err == WH_OK ? wh_meter_configure(meter, &config, face->origin, &fault) : err;
}
