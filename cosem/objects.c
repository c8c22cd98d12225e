/* All objects in one row, kind after kind. Invariant: an object keeps its number whatever the
 * meter is, since a kind counts what any meter may have. */
#include "cosem/objects.h"
#include <string.h>

static const struct wh_cosem_kind *const kinds[] = {
    &wh_cosem_quantities, &wh_cosem_data,       &wh_cosem_limits, &wh_cosem_line,
    &wh_cosem_profiles,   &wh_cosem_parameters, &wh_cosem_modern};

enum { KINDS = sizeof kinds / sizeof kinds[0] };

size_t wh_cosem_object_count(void)
{
    size_t count = 0;
    for (size_t k = 0; k < KINDS; k++) {
        count += kinds[k]->count();
    }
    return count;
}

/* The kind of an object; *index becomes that in its kind. The last kind has all that the others
 * have not. */
static const struct wh_cosem_kind *kind_of(size_t *index)
{
    size_t k = 0;
    for (; k + 1 < KINDS && *index >= kinds[k]->count(); k++) {
        *index -= kinds[k]->count();
    }
    return kinds[k];
}

void wh_cosem_enumerate(void *context, size_t index, struct dlms_object *object)
{
    const uintptr_t tag = index;
    const struct wh_cosem_kind *kind = kind_of(&index);
    *object = (struct dlms_object){.tag = tag};
    memcpy(object->logical_name, kind->name(index), sizeof object->logical_name);
    kind->describe(context, index, object);
    if ((object->groups & WH_COSEM_GROUP_METER) != 0) {
        object->groups |= WH_COSEM_GROUP_MODERN;
    }
}

size_t wh_cosem_locate(void *context, const uint8_t logical_name[6])
{
    (void)context;
    size_t first = 0;
    for (size_t k = 0; k < KINDS; k++) {
        const size_t count = kinds[k]->count();
        for (size_t i = 0; i < count; i++) {
            if (memcmp(kinds[k]->name(i), logical_name, 6) == 0) {
                return first + i;
            }
        }
        first += count;
    }
    return first;
}

enum dlms_result wh_cosem_read(void *context, const struct dlms_object *object, int8_t attribute,
                               const struct dlms_selection *selection, struct dlms_writer *out)
{
    struct wh_cosem_read read = {
        .index = object->tag, .attribute = attribute, .selection = selection};
    const struct wh_cosem_kind *kind = kind_of(&read.index);
    return kind->read(context, &read, out);
}

enum wh_origin wh_cosem_origin(const struct dlms_association *association)
{
    switch (association->client_sap) {
    case WH_COSEM_CLIENT_OPTICAL:
        return WH_ORIGIN_OPTICAL;
    case WH_COSEM_CLIENT_CONSUMER:
        return WH_ORIGIN_CONSUMER;
    default:
        return WH_ORIGIN_MODULE;
    }
}

enum dlms_result wh_cosem_write(void *context, const struct dlms_association *association,
                                const struct dlms_object *object, int8_t attribute,
                                const struct dlms_selection *selection, struct dlms_span value)
{
    struct dlms_reader reader = dlms_reader(value.data, value.length);
    struct wh_cosem_write write = {.index = object->tag,
                                   .attribute = attribute,
                                   .origin = wh_cosem_origin(association),
                                   .data = value};
    const struct wh_cosem_kind *kind = kind_of(&write.index);
    if (selection != NULL) {
        return DLMS_RESULT_SCOPE_OF_ACCESS_VIOLATED; /* nothing is written in parts */
    }
    write.value = dlms_read_value(&reader);
    return kind->write(context, &write);
}

enum dlms_result wh_cosem_invoke(void *context, const struct dlms_association *association,
                                 const struct dlms_object *object, int8_t method,
                                 struct dlms_span parameters, struct dlms_writer *out)
{
    struct wh_cosem_invoke invoke = {.index = object->tag,
                                     .method = method,
                                     .origin = wh_cosem_origin(association),
                                     .parameters = parameters,
                                     .returned = out};
    const struct wh_cosem_kind *kind = kind_of(&invoke.index);
    return kind->invoke(context, &invoke);
}
