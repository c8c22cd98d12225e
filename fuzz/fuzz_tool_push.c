/* What comes to watthour listen: any octets as an APDU. The first tells whether there are keys.
 * Properties: without the keys nothing is good; what is good in clear is taken apart to its end. */
#include "cli/tool_push.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct tool_push_receiver receiver;

static bool refuse(void *context, enum dlms_counter_id id, uint32_t limit)
{
    (void)context;
    (void)id;
    (void)limit;
    abort(); /* a counter is only kept for what is genuine */
}

static void with_keys(void)
{
    static struct dlms_openssl *openssl;
    openssl = openssl != NULL ? openssl : dlms_openssl_new();
    receiver.has_keys = true;
    receiver.store = (struct dlms_counter_store){NULL, refuse, 1};
    receiver.security =
        (struct dlms_security){.crypto = dlms_openssl_crypto(openssl), .store = &receiver.store};
    memset(receiver.security.key, 0x5A, sizeof receiver.security.key);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct tool_push push;
    if (size == 0) {
        return 0;
    }
    receiver.has_keys = false;
    if ((data[0] & 1) != 0) {
        with_keys();
    }
    tool_push_take(&receiver, (struct dlms_span){data + 1, size - 1}, &push);
    if (push.status == TOOL_PUSH_GOOD && receiver.has_keys) {
        abort();
    }
    json_t *json = tool_push_json(&push);
    if (!json_is_object(json)) {
        abort();
    }
    json_decref(json);
    return 0;
}
