/* The COSEM client, asking one thing after another and hearing whatever comes. The input is a row of
 * answers, each behind its length (one octet); a length of 0 begins with the operation that the octet
 * behind it names. Its invoke-ids and block numbers are guessable on purpose. */
#include <stdlib.h>
#include <string.h>

#include "dlms/client.h"
#include "dlms/client_acse.h"

enum { REQUEST = 64, VALUE = 200 };

static void require(bool condition)
{
    if (!condition) {
        abort();
    }
}

enum operation {
    ASSOCIATE,
    GET,
    GET_LIST,
    SET,
    ACTION,
    RELEASE,
    SET_LIST,
    ACTION_LIST,
    OPERATIONS
};

static const uint8_t parameters[150] = {DLMS_TAG_OCTET_STRING, 0x81, 147};
static const uint8_t list_parameters[151] = {DLMS_TAG_NULL, DLMS_TAG_OCTET_STRING, 0x81, 147};
static const struct dlms_client_attribute attribute = {
    .class_id = 7, .logical_name = {1, 1, 99, 1, 0, 255}, .index = 2};

static enum dlms_client_status begin(struct dlms_client *client, uint8_t choice)
{
    const struct dlms_span data = {parameters, sizeof parameters};
    const struct dlms_span two = {list_parameters, sizeof list_parameters};
    const struct dlms_client_attribute list[] = {attribute, attribute};
    client->invoke = 0xC1;
    switch (choice % OPERATIONS) {
    case ASSOCIATE:
        return dlms_client_associate(client);
    case GET:
        return dlms_client_get(client, &attribute);
    case GET_LIST:
        return dlms_client_get_list(client, list, 2);
    case SET:
        return dlms_client_set(client, &attribute, data);
    case ACTION:
        return dlms_client_action(client, &attribute, data);
    case SET_LIST:
        return dlms_client_set_list(client, list, 2, two);
    case ACTION_LIST:
        return dlms_client_action_list(client, list, 2, two);
    default:
        return dlms_client_release(client);
    }
}

/* Two results, each with Data where its service has some. */
static void judge_list(const struct dlms_client *client, enum operation operation)
{
    struct dlms_client_items items = dlms_client_list(client);
    struct dlms_client_item item;
    size_t count = 0;
    while (dlms_client_list_next(&items, &item)) {
        const bool has_data = item.data.length > 0;
        require(operation != GET_LIST || (item.result == DLMS_RESULT_SUCCESS) == has_data);
        require(operation != SET_LIST || !has_data);
        count++;
    }
    require(count == 2 && dlms_reader_done(&items.reader));
}

/* What is done holds what it promises. */
static void judge(const struct dlms_client *client, uint8_t choice, enum dlms_client_status status)
{
    const enum operation operation = choice % OPERATIONS;
    const struct dlms_span value = dlms_client_value(client);
    struct dlms_reader reader = dlms_reader(value.data, value.length);
    require(value.length <= VALUE);
    require(*dlms_client_status_text(status) != '\0');
    if (status == DLMS_CLIENT_SEND) {
        const struct dlms_span output = dlms_client_output(client);
        require(output.length > 0 && output.length <= REQUEST);
        /* AARQ and RLRQ are no xDLMS APDUs. */
        require(operation == ASSOCIATE || operation == RELEASE ||
                output.length <= client->max_send_pdu);
    } else if (status != DLMS_CLIENT_DONE) {
        return;
    } else if (operation == GET_LIST || operation == SET_LIST || operation == ACTION_LIST) {
        judge_list(client, operation);
    } else if (operation == GET || (operation == ACTION && value.length > 0)) {
        dlms_skip_data(&reader);
        require(dlms_reader_done(&reader));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct dlms_client_settings settings = {.conformance = 0xFFFFFF, .max_receive_pdu = 200};
    uint8_t *buffers = malloc(REQUEST + VALUE);
    struct dlms_client client;
    uint8_t choice = 0;
    require(buffers != NULL);
    dlms_client_init(&client, &settings, buffers, REQUEST, buffers + REQUEST, VALUE);
    judge(&client, choice, begin(&client, choice));
    while (size >= 2) {
        const size_t left = size - 1;
        const size_t length = data[0] < left ? data[0] : left;
        enum dlms_client_status status;
        if (data[0] == 0) {
            choice = data[1];
            status = begin(&client, choice);
            data += 2;
            size -= 2;
        } else {
            uint8_t *exact = malloc(length);
            require(exact != NULL);
            memcpy(exact, data + 1, length);
            status = dlms_client_received(&client, (struct dlms_span){exact, length});
            free(exact);
            data += 1 + length;
            size -= 1 + length;
        }
        judge(&client, choice, status);
    }
    free(buffers);
    return 0;
}
