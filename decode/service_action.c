/* ACTION. */
#include "decode/service.h"

static void take_parameters(struct service *service)
{
    const uint8_t *flag = decode_take(&service->cursor, "method-invocation-parameters", 1);
    if (flag == NULL) {
        return;
    }
    decode_field(service->tree, "method-invocation-parameters", flag, 1, "%s",
                 *flag != 0 ? "present" : "none");
    if (*flag != 0) {
        service_take_data(service, "parameters", &service->subject);
    }
}

static void take_method_list(struct service *service, bool has_data)
{
    const struct decode_subject nothing = {.is_known = false};
    uint32_t count = service_take_count(service, "methods");
    decode_summarise(service->tree, " %u methods", (unsigned)count);
    for (uint32_t i = 0; i < count && !service->cursor.is_failed; i++) {
        service_open_element(service, i);
        service_take_descriptor(service, true);
        decode_close(service->tree);
    }
    service->subject.is_known = false;
    service_remember(service);
    count = has_data ? service_take_count(service, "parameters") : 0;
    for (uint32_t i = 0; i < count && !service->cursor.is_failed; i++) {
        service_take_data(service, "parameters", &nothing);
    }
}

void service_action_request(struct service *service)
{
    switch (service->choice) {
    case 1:
    case 4:
        if (service_take_descriptor(service, true)) {
            service_name_subject(service);
        }
        service_remember(service);
        if (service->choice == 1) {
            take_parameters(service);
        } else {
            service_take_block(service, false);
        }
        break;
    case 2:
        service_name_subject(service);
        service_take_block_number(service);
        break;
    case 3:
    case 5:
        take_method_list(service, service->choice == 3);
        if (service->choice == 5) {
            service_take_block(service, false);
        }
        break;
    default:
        service_name_subject(service);
        service_take_block(service, false);
    }
}

static void take_action_result(struct service *service)
{
    service_take_result(service, "action-result");
    const uint8_t *flag = decode_take(&service->cursor, "return-parameters", 1);
    if (flag == NULL) {
        return;
    }
    decode_field(service->tree, "return-parameters", flag, 1, "%s",
                 *flag != 0 ? "present" : "none");
    if (*flag != 0) {
        service_take_get_result(service, "returned", &service->subject);
    }
}

void service_action_response(struct service *service)
{
    service_name_subject(service);
    switch (service->choice) {
    case 1:
        take_action_result(service);
        break;
    case 2:
        service_take_block(service, false);
        break;
    case 3: {
        const uint32_t count = service_take_count(service, "results");
        for (uint32_t i = 0; i < count && !service->cursor.is_failed; i++) {
            take_action_result(service);
        }
        break;
    }
    default:
        service_take_block_number(service);
    }
}
