/* What the meter says unasked, or instead of an answer. */
#include "decode/service.h"

#include "decode/text.h"

void service_exception(struct service *service)
{
    static const struct decode_name states[] = {{1, "service not allowed"}, {2, "service unknown"}};
    static const struct decode_name reasons[] = {
        {1, "operation not possible"}, {2, "service not supported"},
        {3, "other reason"},           {4, "PDU too long"},
        {5, "deciphering error"},      {6, "invocation counter error"},
    };
    const uint8_t *bytes = decode_take(&service->cursor, "exception", 2);
    if (bytes == NULL) {
        return;
    }
    decode_field(service->tree, "state-error", bytes, 1, "%u %s", bytes[0],
                 DECODE_NAME(states, bytes[0]));
    decode_field(service->tree, "service-error", bytes + 1, 1, "%u %s", bytes[1],
                 DECODE_NAME(reasons, bytes[1]));
    decode_summarise(service->tree, ": %s, %s", DECODE_NAME(states, bytes[0]),
                     DECODE_NAME(reasons, bytes[1]));
    if (bytes[1] == 6) {
        const uint8_t *counter = decode_take(&service->cursor, "lowest counter", 4);
        if (counter != NULL) {
            const uint32_t number = (uint32_t)counter[0] << 24 | (uint32_t)counter[1] << 16 |
                                    (uint32_t)counter[2] << 8 | counter[3];
            decode_field(service->tree, "lowest counter", counter, 4, "%u", (unsigned)number);
        }
    }
}

void service_data_notification(struct service *service)
{
    const struct decode_subject nothing = {.is_known = false};
    (void)service_take_long_invoke(service);
    service_take_time(service);
    service_take_data(service, "notification-body", &nothing);
}

void service_event_notification(struct service *service)
{
    const uint8_t *flag = decode_take(&service->cursor, "time", 1);
    if (flag != NULL && *flag != 0) {
        service_take_time(service);
    }
    if (service_take_descriptor(service, false)) {
        service_name_subject(service);
    }
    const size_t before = service->tree->count;
    service_take_data(service, "value", &service->subject);
    service_name_value(service, before);
}
