/* GET and SET. */
#include "decode/service.h"

static void take_attribute_list(struct service *service)
{
    const uint32_t count = service_take_count(service, "attributes");
    decode_summarise(service->tree, " %u attributes", (unsigned)count);
    for (uint32_t i = 0; i < count && !service->cursor.is_failed; i++) {
        service_open_element(service, i);
        if (service_take_descriptor(service, false)) {
            service_take_selection(service);
        }
        decode_close(service->tree);
    }
    service->subject.is_known = false;
}

void service_get_request(struct service *service)
{
    switch (service->choice) {
    case 1:
        if (service_take_descriptor(service, false)) {
            service_name_subject(service);
            service_take_selection(service);
        }
        service_remember(service);
        break;
    case 2:
        service_name_subject(service);
        service_take_block_number(service);
        break;
    default:
        take_attribute_list(service);
        service_remember(service);
    }
}

static void take_result_list(struct service *service, bool has_data)
{
    const struct decode_subject nothing = {.is_known = false};
    const uint32_t count = service_take_count(service, "results");
    decode_summarise(service->tree, " %u results", (unsigned)count);
    for (uint32_t i = 0; i < count && !service->cursor.is_failed; i++) {
        service_open_element(service, i);
        if (has_data) {
            service_take_get_result(service, "value", &nothing);
        } else {
            service_take_result(service, "data-access-result");
        }
        decode_close(service->tree);
    }
}

void service_get_response(struct service *service)
{
    service_name_subject(service);
    switch (service->choice) {
    case 1:
        service_take_get_result(service, "value", &service->subject);
        break;
    case 2:
        service_take_block(service, true);
        break;
    default:
        take_result_list(service, true);
    }
}

/* ---- SET ---- */

void service_set_request(struct service *service)
{
    if (service->choice == 1 || service->choice == 2) {
        if (service_take_descriptor(service, false)) {
            service_name_subject(service);
            service_take_selection(service);
        }
        service_remember(service);
    } else if (service->choice >= 4) {
        take_attribute_list(service);
        service_remember(service);
    } else {
        service_name_subject(service);
    }
    if (service->choice == 1) {
        const size_t before = service->tree->count;
        service_take_data(service, "value", &service->subject);
        service_name_value(service, before);
    } else if (service->choice == 4) {
        const struct decode_subject nothing = {.is_known = false};
        const uint32_t count = service_take_count(service, "values");
        for (uint32_t i = 0; i < count && !service->cursor.is_failed; i++) {
            service_take_data(service, "value", &nothing);
        }
    } else {
        service_take_block(service, false);
    }
}

void service_set_response(struct service *service)
{
    service_name_subject(service);
    switch (service->choice) {
    case 1:
        service_take_result(service, "data-access-result");
        break;
    case 2:
        service_take_block_number(service);
        break;
    case 3:
        service_take_result(service, "data-access-result");
        service_take_block_number(service);
        break;
    default:
        take_result_list(service, false);
        if (service->choice == 4) {
            service_take_block_number(service);
        }
    }
}
