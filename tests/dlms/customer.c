#include "customer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const uint16_t base_client[CUSTOMER_KINDS] = {
    [CUSTOMER_PROFILE] = DEVICE_PASSWORD, [CUSTOMER_OBJECT_LIST] = DEVICE_PUBLIC,
    [CUSTOMER_ECHO] = DEVICE_WRITER,      [CUSTOMER_WRITER] = DEVICE_WRITER,
    [CUSTOMER_STREAM] = DEVICE_PASSWORD,
};
static const uint16_t max_pdu[CUSTOMER_KINDS] = {
    [CUSTOMER_PROFILE] = 200, [CUSTOMER_OBJECT_LIST] = 64, [CUSTOMER_ECHO] = 100,
    [CUSTOMER_WRITER] = 150,  [CUSTOMER_STREAM] = 128,
};

static const struct dlms_client_attribute profile = {
    .class_id = 7, .logical_name = {1, 1, 99, 1, 0, 255}, .index = 2};
static const struct dlms_client_attribute object_list = {
    .class_id = 15, .logical_name = {0, 0, 40, 0, 0, 255}, .index = 2};
static const struct dlms_client_attribute echo = {
    .class_id = 9, .logical_name = {0, 0, 10, 0, 0, 255}, .index = DEVICE_ECHO};

struct dlms_server customer_server(struct device *device, struct dlms_association *rows,
                                   const enum customer_business *business, size_t count)
{
    struct dlms_server server = device_server(device);
    for (size_t n = 0; n < count; n++) {
        size_t base = 0;
        while (server.associations[base].client_sap != base_client[business[n]]) {
            base++;
        }
        rows[n] = server.associations[base];
        rows[n].client_sap = (uint16_t)(CUSTOMER_FIRST_SAP + n);
        if (business[n] == CUSTOMER_STREAM) {
            rows[n].conformance |= DLMS_CONFORMANCE_GENERAL_BLOCK;
        }
    }
    server.associations = rows;
    server.association_count = count;
    return server;
}

void customer_init(struct customer *customer, const struct dlms_association *row,
                   enum customer_business business, unsigned number, unsigned rounds)
{
    *customer = (struct customer){
        .client_sap = row->client_sap,
        .server_sap = row->server_sap,
        .rounds_left = rounds,
        .business = business,
        .number = number,
        .settings = {.mechanism = row->mechanism,
                     .authentication = row->password,
                     .conformance = row->conformance,
                     .max_receive_pdu = max_pdu[business]},
    };
    dlms_client_init(&customer->client, &customer->settings, customer->request,
                     sizeof customer->request, customer->value, sizeof customer->value);
    if (business == CUSTOMER_STREAM) {
        dlms_client_use_blocks(&customer->client, &customer->stream, customer->blocks,
                               sizeof customer->blocks, 7);
    }
}

/* An octet-string that no other customer and no other round has. */
static struct dlms_span fill(struct customer *customer)
{
    struct dlms_writer out = dlms_writer(customer->data, sizeof customer->data);
    const size_t length = 300 + (customer->number * 37 + customer->rounds_left * 11) % 300;
    dlms_raw_u8(&out, DLMS_TAG_OCTET_STRING);
    dlms_raw_length(&out, length);
    for (size_t i = 0; i < length; i++) {
        dlms_raw_u8(&out, (uint8_t)(customer->number * 29 + customer->rounds_left * 7 + i));
    }
    assert_false(dlms_writer_overflowed(&out));
    return (struct dlms_span){customer->data, out.total};
}

static struct dlms_client_attribute scratch_of(const struct customer *customer)
{
    const uint8_t n = (uint8_t)(customer->number % DEVICE_SCRATCHES);
    return (struct dlms_client_attribute){
        .class_id = 1, .logical_name = {0, 0, 96, 50, n, 255}, .index = 2};
}

static enum dlms_client_status begin(struct customer *customer)
{
    const struct dlms_client_attribute scratch = scratch_of(customer);
    struct dlms_client *client = &customer->client;
    switch (customer->business) {
    case CUSTOMER_ECHO:
        return dlms_client_action(client, &echo, fill(customer));
    case CUSTOMER_WRITER:
        return customer->has_written ? dlms_client_get(client, &scratch)
                                     : dlms_client_set(client, &scratch, fill(customer));
    case CUSTOMER_OBJECT_LIST:
        return dlms_client_get(client, &object_list);
    default:
        return dlms_client_get(client, &profile);
    }
}

/* One request and its answer, on a link in memory. */
static void exchange(struct dlms_link *link, struct customer *customer,
                     enum dlms_client_status status)
{
    static uint8_t reply[CUSTOMER_VALUE];
    assert_int_equal(status, DLMS_CLIENT_SEND);
    const struct dlms_request request = {customer->client_sap, customer->server_sap,
                                         dlms_client_output(&customer->client)};
    const size_t length = dlms_link_handle(link, &request, reply, sizeof reply);
    const struct dlms_span answer = {reply, length};
    assert_int_equal(dlms_client_received(&customer->client, answer), DLMS_CLIENT_DONE);
}

/* What a customer reads who is alone with the device and takes answers of any length. */
static struct dlms_span read_alone(enum customer_business business)
{
    static struct customer readers[CUSTOMER_KINDS];
    struct customer *reader = &readers[business];
    if (reader->client_sap == 0) {
        static const enum customer_business without_blocks[CUSTOMER_KINDS] = {
            [CUSTOMER_OBJECT_LIST] = CUSTOMER_OBJECT_LIST, [CUSTOMER_STREAM] = CUSTOMER_PROFILE};
        const enum customer_business kind = without_blocks[business];
        static struct device device;
        struct dlms_association row;
        struct dlms_link link;
        const struct dlms_server server = customer_server(&device, &row, &kind, 1);
        dlms_link_init(&link, &server, NULL, 0);
        customer_init(reader, &row, kind, 0, 1);
        reader->settings.max_receive_pdu = 0;
        exchange(&link, reader, dlms_client_associate(&reader->client));
        exchange(&link, reader, begin(reader));
    }
    return dlms_client_value(&reader->client);
}

/* What has come is what should. True: a round is done. */
static bool check(struct customer *customer)
{
    const bool is_own =
        customer->business == CUSTOMER_WRITER || customer->business == CUSTOMER_ECHO;
    if (customer->business == CUSTOMER_WRITER && !customer->has_written) {
        customer->has_written = true;
        return false;
    }
    const struct dlms_span value = dlms_client_value(&customer->client);
    const struct dlms_span expected = is_own ? fill(customer) : read_alone(customer->business);
    assert_int_equal(value.length, expected.length);
    assert_memory_equal(value.data, expected.data, expected.length);
    customer->has_written = false;
    return true;
}

enum dlms_client_status customer_start(struct customer *customer)
{
    customer->is_releasing = false;
    customer->has_written = false;
    customer->is_at_work = false;
    return dlms_client_associate(&customer->client);
}

enum dlms_client_status customer_received(struct customer *customer, struct dlms_span apdu)
{
    const enum dlms_client_status status = dlms_client_received(&customer->client, apdu);
    if (status == DLMS_CLIENT_SEND || status == DLMS_CLIENT_WAIT) {
        return status;
    }
    assert_string_equal(dlms_client_status_text(status), dlms_client_status_text(DLMS_CLIENT_DONE));
    if (customer->is_releasing) {
        return DLMS_CLIENT_DONE;
    }
    if (customer->is_at_work && check(customer)) {
        customer->rounds_left--;
        customer->rounds_done++;
    }
    customer->is_at_work = true;
    customer->is_releasing = customer->rounds_left == 0;
    return customer->is_releasing ? dlms_client_release(&customer->client) : begin(customer);
}
