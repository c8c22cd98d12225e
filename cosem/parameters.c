/* Every parameter of the configuration as an object of its own, whatever other objects show it, and
 * the tariff plan (VAR-15, TAR-1): data 1.1.199.ID.ELEMENT.255, in this project's numbering. ID is
 * that of the parameter's row (app/parameter.c), ELEMENT counts from 0. A list of quantities is an
 * octet-string, each octet a number of the catalog; 1.1.199.0.0.255 is the plan as
 * app/tariff_plan_bytes.h has it.
 * Invariant: each parameter is there with all its elements, a list as a whole. */
#include "app/tariff_plan_bytes.h"
#include "cosem/change.h"
#include "cosem/objects.h"
#include <string.h>

enum { PLAN = 0, ID = 3, ELEMENT = 4, LIST_MAX = 32 };

#define P(id, element)                                                                             \
    {                                                                                              \
        1, 1, 199, id, element, 255                                                                \
    }

/* clang-format off */
static const uint8_t names[][6] = {
    P(PLAN, 0),
    P(1, 0), P(2, 0), P(3, 0), P(4, 0), P(5, 0), P(5, 1), P(5, 2), P(5, 3), P(5, 4), P(6, 0),
    P(7, 0), P(8, 0), P(9, 0), P(10, 0), P(11, 0), P(12, 0), P(13, 0), P(14, 0), P(15, 0),
    P(16, 0), P(17, 0), P(18, 0), P(19, 0), P(20, 0), P(21, 0), P(22, 0), P(23, 0), P(24, 0),
    P(25, 0), P(26, 0), P(27, 0), P(28, 0), P(29, 0), P(30, 0), P(31, 0), P(32, 0), P(33, 0),
    P(34, 0), P(35, 0), P(36, 0), P(37, 0), P(38, 0), P(39, 0), P(40, 0), P(41, 0), P(42, 0),
    P(60, 0), P(61, 0), P(62, 0), P(63, 0), P(64, 0), P(64, 1), P(64, 2), P(65, 0), P(65, 1),
    P(65, 2), P(66, 0), P(67, 0), P(68, 0), P(69, 0), P(70, 0), P(71, 0), P(72, 0), P(73, 0),
    P(74, 0), P(75, 0), P(76, 0), P(77, 0), P(78, 0), P(79, 0), P(80, 0), P(81, 0), P(82, 0),
    P(83, 0), P(83, 1), P(83, 2), P(83, 3),
};
/* clang-format on */

static size_t count(void)
{
    return sizeof names / sizeof names[0];
}

static const uint8_t *name(size_t index)
{
    return names[index];
}

/* NULL: the plan. */
static const struct wh_parameter *parameter_of(size_t index)
{
    return names[index][ID] != PLAN ? wh_parameter_of_id(names[index][ID]) : NULL;
}

static void describe(const struct wh_cosem_face *face, size_t index, struct dlms_object *object)
{
    const struct wh_parameter *parameter = parameter_of(index);
    const bool is_of_module = parameter != NULL && parameter->is_of_module;
    const bool exists =
        parameter == NULL || wh_config_has_parameter(&face->application->config, parameter);
    object->class_id = WH_COSEM_DATA;
    object->attribute_count = WH_COSEM_VALUE;
    object->readable = DLMS_ATTRIBUTE(WH_COSEM_VALUE);
    object->writable = DLMS_ATTRIBUTE(WH_COSEM_VALUE);
    object->writers = is_of_module ? WH_COSEM_GROUP_MODULE : WH_COSEM_GROUP_METER;
    object->groups = (uint8_t)(exists ? WH_COSEM_GROUP_METER | object->writers : 0u);
}

/* ---- Reading ---- */

static void put_plan(const struct wh_cosem_face *face, struct dlms_writer *out)
{
    uint8_t bytes[WH_PLAN_BYTES_MAX];
    const size_t length = wh_tariff_plan_encode(&face->application->plan, bytes);
    dlms_put_octet_string(out, bytes, length);
}

static void put_list(const struct wh_cosem_face *face, const struct wh_parameter *parameter,
                     struct dlms_writer *out)
{
    uint8_t list[LIST_MAX];
    for (uint8_t i = 0; i < parameter->count; i++) {
        list[i] = (uint8_t)wh_parameter_get(parameter, &face->application->config, i);
    }
    dlms_put_octet_string(out, list, parameter->count);
}

/* Of signed ones there is none but the time zone. */
static uint8_t tag_of(const struct wh_parameter *parameter)
{
    static const uint8_t tags[] = {[1] = DLMS_TAG_U8, [2] = DLMS_TAG_U16, [4] = DLMS_TAG_U32};
    return parameter->is_signed ? DLMS_TAG_I16 : tags[parameter->size];
}

static void put_number(struct dlms_writer *out, uint8_t tag, int64_t number)
{
    switch (tag) {
    case DLMS_TAG_U8:
        dlms_put_u8(out, (uint8_t)number);
        break;
    case DLMS_TAG_U16:
        dlms_put_u16(out, (uint16_t)number);
        break;
    case DLMS_TAG_I16:
        dlms_put_i16(out, (int16_t)number);
        break;
    default:
        dlms_put_u32(out, (uint32_t)number);
    }
}

static enum dlms_result read(struct wh_cosem_face *face, const struct wh_cosem_read *read,
                             struct dlms_writer *out)
{
    const struct wh_parameter *parameter = parameter_of(read->index);
    if (parameter == NULL) {
        put_plan(face, out);
    } else if (wh_parameter_is_list(parameter)) {
        put_list(face, parameter, out);
    } else {
        const int64_t number =
            wh_parameter_get(parameter, &face->application->config, names[read->index][ELEMENT]);
        put_number(out, tag_of(parameter), number);
    }
    return DLMS_RESULT_SUCCESS;
}

/* ---- Writing ---- */

static enum dlms_result write_plan(struct wh_cosem_face *face, struct dlms_span bytes)
{
    struct wh_tariff_plan plan;
    struct wh_plan_fault fault;
    if (wh_tariff_plan_decode(bytes.data, bytes.length, &plan, &fault) != WH_OK) {
        return DLMS_RESULT_OTHER_REASON;
    }
    return wh_cosem_result(wh_application_set_plan(face->application, face->legal, &plan, &fault));
}

static enum dlms_result write_list(struct wh_cosem_face *face, enum wh_origin origin,
                                   const struct wh_parameter *parameter, struct dlms_span bytes)
{
    struct wh_config config = face->application->config;
    struct wh_config_fault fault;
    if (bytes.length != parameter->count) {
        return DLMS_RESULT_OTHER_REASON;
    }
    for (uint8_t i = 0; i < parameter->count; i++) {
        if (wh_parameter_set(parameter, &config, i, bytes.data[i]) != WH_OK) {
            return DLMS_RESULT_OTHER_REASON;
        }
    }
    return wh_cosem_result(
        wh_application_configure(face->application, face->legal, &config, origin, &fault));
}

static enum dlms_result write(struct wh_cosem_face *face, const struct wh_cosem_write *write)
{
    const struct wh_parameter *parameter = parameter_of(write->index);
    const bool is_octets = parameter == NULL || wh_parameter_is_list(parameter);
    if (write->value.tag != (is_octets ? DLMS_TAG_OCTET_STRING : tag_of(parameter))) {
        return DLMS_RESULT_TYPE_UNMATCHED;
    }
    if (parameter == NULL) {
        return write_plan(face, write->value.bytes);
    }
    if (is_octets) {
        return write_list(face, write->origin, parameter, write->value.bytes);
    }
    return wh_cosem_result(wh_cosem_configure_element(
        face, write->origin, parameter->name, names[write->index][ELEMENT], write->value.integer));
}

const struct wh_cosem_kind wh_cosem_parameters = {count, name, describe, read, write, NULL};
