/* Places of parameters. Invariant: a list, or a plan, is taken as a whole or not at all. */
#include "face/parameter_place.h"
#include "face/text.h"
#include "iec62056_21/data_set.h"
#include <string.h>

enum { NUMBER_SIZE = 4, PREFIX = 4, PLAN_BLOCKS = WH_PLAN_BYTES_MAX / WH_PLACE_BLOCK };

_Static_assert(WH_PLAN_BYTES_MAX % WH_PLACE_BLOCK == 0, "whole blocks");
_Static_assert(PLAN_BLOCKS < 64, "a bit for each");

/* ---- The plan ---- */

static enum wh_err read_plan(const struct wh_meter *meter, uint16_t id, struct kmp_value *value)
{
    uint8_t bytes[WH_PLAN_BYTES_MAX] = {0};
    const size_t length = wh_tariff_plan_encode(&meter->application.plan, bytes);
    if (id == WH_PLACE_PLAN_LENGTH) {
        return kmp_value_from_number(value, KMP_UNIT_NUMBER, NUMBER_SIZE, 0, (int64_t)length);
    }
    *value = (struct kmp_value){.unit = KMP_UNIT_NUMBER, .size = WH_PLACE_BLOCK};
    memcpy(value->bytes, bytes + (size_t)(id - WH_PLACE_PLAN) * WH_PLACE_BLOCK, WH_PLACE_BLOCK);
    return WH_OK;
}

static enum wh_err hold_block(struct wh_kmp_face *face, unsigned block,
                              const struct kmp_value *value)
{
    if (value->size != WH_PLACE_BLOCK) {
        return WH_ERR_ARGUMENT;
    }
    memcpy(face->plan + (size_t)block * WH_PLACE_BLOCK, value->bytes, WH_PLACE_BLOCK);
    face->plan_blocks |= UINT64_C(1) << block;
    return WH_OK;
}

/* Of blocks that were all written since the plan before. */
static enum wh_err take_plan(struct wh_kmp_face *face, const struct kmp_value *value,
                             struct wh_tariff_plan *plan)
{
    const uint64_t held = face->plan_blocks;
    int64_t length;
    face->plan_blocks = 0;
    if (kmp_value_to_number(value, &length) != WH_OK || value->exponent != 0 || length < 1 ||
        length > WH_PLAN_BYTES_MAX) {
        return WH_ERR_ARGUMENT;
    }
    const unsigned blocks = (unsigned)(length + WH_PLACE_BLOCK - 1) / WH_PLACE_BLOCK;
    const uint64_t needed = (UINT64_C(1) << blocks) - 1;
    return (held & needed) == needed ? wh_tariff_plan_decode(face->plan, (size_t)length, plan, NULL)
                                     : WH_ERR_ARGUMENT;
}

static enum wh_err write_plan(struct wh_kmp_face *face, uint16_t id, const struct kmp_value *value)
{
    struct wh_meter *meter = face->access->meter;
    struct wh_tariff_plan plan;
    struct wh_plan_fault fault;
    if (id != WH_PLACE_PLAN_LENGTH) {
        return hold_block(face, (unsigned)(id - WH_PLACE_PLAN), value);
    }
    return take_plan(face, value, &plan) != WH_OK
               ? WH_ERR_ARGUMENT
               : wh_application_set_plan(&meter->application, &meter->legal, &plan, &fault);
}

static bool is_of_plan(uint16_t id)
{
    return id == WH_PLACE_PLAN_LENGTH || (id >= WH_PLACE_PLAN && id < WH_PLACE_PLAN + PLAN_BLOCKS);
}

/* ---- Parameters ---- */

/* NULL: none. Of a list of quantities there is one block, if it fits one. */
static const struct wh_parameter *find(const struct wh_config *config, unsigned id,
                                       unsigned element)
{
    const struct wh_parameter *parameter = id <= UINT8_MAX ? wh_parameter_of_id((uint8_t)id) : NULL;
    if (parameter == NULL || element >= parameter->count ||
        !wh_config_has_parameter(config, parameter)) {
        return NULL;
    }
    const bool has_place =
        !wh_parameter_is_list(parameter) || (element == 0 && parameter->count <= WH_PLACE_BLOCK);
    return has_place ? parameter : NULL;
}

static const struct wh_parameter *find_register(const struct wh_config *config, uint16_t id,
                                                uint8_t *element)
{
    if (id < WH_PLACE_PARAMETERS) {
        return NULL;
    }
    *element = (uint8_t)((id - WH_PLACE_PARAMETERS) % WH_PLACE_ELEMENTS);
    return find(config, (unsigned)(id - WH_PLACE_PARAMETERS) / WH_PLACE_ELEMENTS, *element);
}

const struct wh_parameter *wh_place_of_address(const struct wh_config *config, const char *address,
                                               uint8_t *element)
{
    char id[IEC21_ADDRESS_SIZE];
    int64_t number;
    int64_t of_element;
    const char *dot = strncmp(address, "199.", PREFIX) == 0 ? strchr(address + PREFIX, '.') : NULL;
    if (dot == NULL || (size_t)(dot - address) - PREFIX >= sizeof id) {
        return NULL;
    }
    const size_t length = (size_t)(dot - address) - PREFIX;
    memcpy(id, address + PREFIX, length);
    id[length] = '\0';
    if (wh_text_read_decimal(id, 0, &number) != WH_OK ||
        wh_text_read_decimal(dot + 1, 0, &of_element) != WH_OK || number < 0 ||
        number > UINT8_MAX || of_element < 0 || of_element >= WH_PLACE_ELEMENTS) {
        return NULL;
    }
    *element = (uint8_t)of_element;
    const struct wh_parameter *parameter = find(config, (unsigned)number, *element);
    return parameter != NULL && !wh_parameter_is_list(parameter) ? parameter : NULL;
}

static void read_list(const struct wh_config *config, const struct wh_parameter *parameter,
                      struct kmp_value *value)
{
    *value = (struct kmp_value){.unit = KMP_UNIT_NUMBER, .size = WH_PLACE_BLOCK};
    memset(value->bytes, WH_QUANTITY_NONE, WH_PLACE_BLOCK);
    for (uint8_t i = 0; i < parameter->count; i++) {
        value->bytes[i] = (uint8_t)wh_parameter_get(parameter, config, i);
    }
}

enum wh_err wh_place_read(const struct wh_meter *meter, uint16_t id, struct kmp_value *value)
{
    const struct wh_config *config = &meter->application.config;
    uint8_t element;
    if (is_of_plan(id)) {
        return read_plan(meter, id, value);
    }
    const struct wh_parameter *parameter = find_register(config, id, &element);
    if (parameter == NULL) {
        return WH_ERR_NOT_FOUND;
    }
    if (wh_parameter_is_list(parameter)) {
        read_list(config, parameter, value);
        return WH_OK;
    }
    return kmp_value_from_number(value, KMP_UNIT_NUMBER, NUMBER_SIZE, 0,
                                 wh_parameter_get(parameter, config, element));
}

static enum wh_err write_list(struct wh_kmp_face *face, const struct wh_parameter *parameter,
                              const struct kmp_value *value)
{
    struct wh_meter *meter = face->access->meter;
    struct wh_config config = meter->application.config;
    struct wh_config_fault fault;
    if (value->size != WH_PLACE_BLOCK) {
        return WH_ERR_ARGUMENT;
    }
    for (unsigned i = 0; i < WH_PLACE_BLOCK; i++) {
        const bool is_there = i < parameter->count;
        if (is_there ? wh_parameter_set(parameter, &config, (uint8_t)i, value->bytes[i]) != WH_OK
                     : value->bytes[i] != WH_QUANTITY_NONE) {
            return WH_ERR_ARGUMENT;
        }
    }
    return wh_meter_configure(meter, &config, face->origin, &fault);
}

enum wh_err wh_place_set(struct wh_meter *meter, enum wh_origin origin,
                         const struct wh_parameter *parameter, uint8_t element, int64_t number)
{
    struct wh_config config = meter->application.config;
    struct wh_config_fault fault;
    if (parameter->is_of_module && origin != WH_ORIGIN_MODULE) {
        return WH_ERR_SEALED;
    }
    if (wh_parameter_get(parameter, &config, element) == number) {
        return WH_OK; /* the memory is spared */
    }
    const enum wh_err err = wh_parameter_set(parameter, &config, element, number);
    return err != WH_OK ? err : wh_meter_configure(meter, &config, origin, &fault);
}

enum wh_err wh_place_write(struct wh_kmp_face *face, uint16_t id, const struct kmp_value *value)
{
    uint8_t element;
    int64_t number;
    if (is_of_plan(id)) {
        return write_plan(face, id, value);
    }
    const struct wh_parameter *parameter =
        find_register(&face->access->meter->application.config, id, &element);
    if (parameter == NULL) {
        return WH_ERR_NOT_FOUND;
    }
    if (wh_parameter_is_list(parameter)) {
        return write_list(face, parameter, value);
    }
    if (value->unit != KMP_UNIT_NUMBER || value->exponent != 0 ||
        kmp_value_to_number(value, &number) != WH_OK) {
        return WH_ERR_ARGUMENT;
    }
    return wh_place_set(face->access->meter, face->origin, parameter, element, number);
}
