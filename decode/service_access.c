/* ACCESS: what is asked in one list, its values in a second, results in a third. Invariant: the session
 * knows the list of the last request, so that an answer which does not repeat it can be told by name. */
#include "decode/service.h"

#include <string.h>

#include "decode/text.h"

enum { GET = 1, SET = 2, ACTION = 3, GET_SELECTED = 4, SET_SELECTED = 5, IS_REPEATED = 1 };

static const struct decode_name choices[] = {
    {GET, "get"},
    {SET, "set"},
    {ACTION, "action"},
    {GET_SELECTED, "get with selection"},
    {SET_SELECTED, "set with selection"},
};

static const struct decode_subject nothing = {.is_known = false};

static void take_header(struct service *service)
{
    const uint32_t invoke = service_take_long_invoke(service);
    struct decode_access *access = &service->context->access;
    if (access->invoke != invoke) {
        *access = (struct decode_access){.invoke = invoke};
    }
    service_take_time(service);
}

static void take_specification(struct service *service)
{
    const uint8_t *choice = decode_take(&service->cursor, "choice", 1);
    if (choice == NULL) {
        return;
    }
    if (*choice < GET || *choice > SET_SELECTED) {
        decode_fault(service->tree, "choice", choice, 1, "%u, there is none such", *choice);
        service->cursor.is_failed = true;
        return;
    }
    decode_field(service->tree, "choice", choice, 1, "%s", DECODE_NAME(choices, *choice));
    if (service_take_descriptor(service, *choice == ACTION) && *choice >= GET_SELECTED) {
        service_take_selector(service, NULL);
    }
}

/* Into the session's memory, as far as it goes. */
static void take_specifications(struct service *service)
{
    struct decode_access *access = &service->context->access;
    const uint32_t count = service_take_count(service, "specifications");
    access->count = 0;
    for (uint32_t i = 0; i < count && !service->cursor.is_failed; i++) {
        service_open_element(service, i);
        take_specification(service);
        decode_close(service->tree);
        if (i < DECODE_ACCESS_MAX) {
            access->subjects[i] = service->subject;
            access->count = i + 1;
        }
    }
    decode_summarise(service->tree, " %u elements", (unsigned)count);
}

static void take_values(struct service *service)
{
    const struct decode_access *access = &service->context->access;
    const uint32_t count = service_take_count(service, "data");
    for (uint32_t i = 0; i < count && !service->cursor.is_failed; i++) {
        service_open_element(service, i);
        service_take_data(service, "value", i < access->count ? &access->subjects[i] : &nothing);
        decode_close(service->tree);
    }
}

static void take_results(struct service *service)
{
    const uint32_t count = service_take_count(service, "results");
    for (uint32_t i = 0; i < count && !service->cursor.is_failed; i++) {
        service_open_element(service, i);
        const uint8_t *choice = decode_take(&service->cursor, "choice", 1);
        if (choice != NULL) {
            decode_field(service->tree, "choice", choice, 1, "%s", DECODE_NAME(choices, *choice));
            service_take_result(service, "result");
        }
        decode_close(service->tree);
    }
}

void service_access_request(struct service *service)
{
    take_header(service);
    take_specifications(service);
    take_values(service);
}

void service_access_response(struct service *service)
{
    take_header(service);
    const uint8_t *repeated = decode_take(&service->cursor, "specifications repeated", 1);
    if (repeated == NULL) {
        return;
    }
    decode_field(service->tree, "specifications repeated", repeated, 1, "%s",
                 *repeated == IS_REPEATED ? "yes" : "no");
    if (*repeated == IS_REPEATED) {
        take_specifications(service);
    }
    take_values(service);
    take_results(service);
}
