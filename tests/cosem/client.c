#include "client.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void power_up(struct client *client)
{
    struct wh_meter_start_report report;
    struct rig *rig = &client->rig;
    assert_int_equal(wh_meter_start(&rig->meter, &rig->memory.board, &report), WH_OK);
    rig->source = wh_meter_readings(&rig->meter);
    assert_int_equal(wh_cosem_face_init(&client->face, &client->rig.meter.application,
                                        &client->rig.meter.legal, CLIENT_PASSWORD),
                     WH_OK);
    dlms_link_init(&client->link, &client->face.server, client->long_buffer,
                   sizeof client->long_buffer);
}

void client_restart(struct client *client)
{
    power_up(client);
}

void client_start_model(struct client *client, const char *model)
{
    const struct wh_order order = {.variant = wh_variant_find(model),
                                   .serial_number = RIG_SERIAL_NUMBER,
                                   .meter_number = RIG_METER_NUMBER};
    struct rig *rig = &client->rig;
    memset(client, 0, sizeof *client);
    assert_int_equal(board_memory_open(&rig->memory), WH_OK);
    assert_int_equal(wh_meter_manufacture(&rig->memory.board, &order, NULL), WH_OK);
    power_up(client);
}

void client_start(struct client *client)
{
    client_start_model(client, "382M");
}

void client_stop(struct client *client)
{
    rig_close(&client->rig);
}

void client_send(struct client *client, const uint8_t *apdu, size_t length)
{
    uint8_t *copy = malloc(length + 1); /* so that a byte too many is seen */
    assert_non_null(copy);
    memcpy(copy, apdu, length);
    const struct dlms_request request = {client->client_sap, client->server_sap, {copy, length}};
    client->reply_length =
        dlms_link_handle(&client->link, &request, client->reply, sizeof client->reply);
    free(copy);
    assert_true(client->max_pdu == 0 || client->reply_length <= client->max_pdu);
}

const char *client_ask(struct client *client, const char *hex)
{
    static char text[2 * CLIENT_REPLY + 1];
    uint8_t apdu[CLIENT_REPLY] = {0};
    const size_t length = strlen(hex) / 2;
    for (size_t i = 0; i < length; i++) {
        const char digits[] = {hex[2 * i], hex[2 * i + 1], '\0'};
        apdu[i] = (uint8_t)strtoul(digits, NULL, 16);
    }
    client_send(client, apdu, length);
    text[0] = '\0';
    for (size_t i = 0; i < client->reply_length; i++) {
        snprintf(text + 2 * i, 3, "%02X", client->reply[i]);
    }
    return text;
}

int client_open(struct client *client, uint16_t client_sap, uint16_t server_sap,
                const char *password, uint16_t max_pdu)
{
    char body[256] = "A109060760857405080101";
    char aarq[300];
    if (password != NULL) {
        const unsigned length = (unsigned)strlen(password);
        snprintf(body + strlen(body), sizeof body - strlen(body),
                 "8A0207808B0760857405080201AC%02X80%02X", length + 2, length);
        for (const char *c = password; *c != '\0'; c++) {
            snprintf(body + strlen(body), 3, "%02X", (unsigned char)*c);
        }
    }
    snprintf(body + strlen(body), sizeof body - strlen(body),
             "BE10040E01000000065F1F0400FFFFFF%04X", max_pdu);
    snprintf(aarq, sizeof aarq, "60%02X%s", (unsigned)strlen(body) / 2, body);
    client->client_sap = client_sap;
    client->server_sap = server_sap;
    client->max_pdu = max_pdu;
    client_ask(client, aarq);
    static const uint8_t result[] = {0xA2, 0x03, 0x02, 0x01};
    const bool is_aare = client->reply_length > 18 && client->reply[0] == 0x61 &&
                         memcmp(client->reply + 13, result, sizeof result) == 0;
    return is_aare ? client->reply[17] : -1;
}

void client_open_meter(struct client *client, uint16_t client_sap, uint16_t max_pdu)
{
    assert_int_equal(
        client_open(client, client_sap, WH_COSEM_DEVICE_METER, CLIENT_PASSWORD, max_pdu), 0);
}

static size_t put_attribute(uint8_t *to, const struct client_attribute *attribute)
{
    to[0] = (uint8_t)(attribute->class_id >> 8);
    to[1] = (uint8_t)attribute->class_id;
    memcpy(to + 2, attribute->logical_name, 6);
    to[8] = (uint8_t)attribute->attribute;
    to[9] = 0; /* no selective access */
    return 10;
}

/* Appends the raw data of the block in reply; whether it was the last. */
static bool take_block(struct client *client)
{
    struct dlms_reader reader = dlms_reader(client->reply, client->reply_length);
    assert_int_equal(dlms_read_u16(&reader), 0xC402);
    dlms_read_u8(&reader);
    const bool last = dlms_read_u8(&reader) != 0;
    assert_int_equal(dlms_read_u32(&reader), client->blocks + 1);
    assert_int_equal(dlms_read_u8(&reader), 0);
    const struct dlms_span raw = dlms_read_bytes(&reader, dlms_read_length(&reader));
    assert_true(dlms_reader_done(&reader));
    assert_true(client->answer_length + raw.length <= sizeof client->answer);
    memcpy(client->answer + client->answer_length, raw.data, raw.length);
    client->answer_length += raw.length;
    client->blocks++;
    return last;
}

/* A block with a result instead of data ends it. */
static int take_blocks(struct client *client)
{
    while (!take_block(client)) {
        const uint8_t next[] = {
            0xC0, 2, 0xC1, 0, 0, (uint8_t)(client->blocks >> 8), (uint8_t)client->blocks};
        if (client->between_blocks != NULL) {
            client->between_blocks(client);
        }
        client_send(client, next, sizeof next);
        assert_true(client->reply_length >= 10);
        if (client->reply[8] != 0) {
            return client->reply[9];
        }
    }
    return 0;
}

static void take_rest(struct client *client, size_t head)
{
    client->answer_length = client->reply_length - head;
    memcpy(client->answer, client->reply + head, client->answer_length);
}

static void ask_for(struct client *client, const uint8_t *get, size_t length)
{
    client->answer_length = 0;
    client->blocks = 0;
    client_send(client, get, length);
    assert_true(client->reply_length >= 5);
    assert_int_equal(client->reply[0], 0xC4);
    assert_int_equal(client->reply[2], 0xC1);
}

static int get(struct client *client, const uint8_t *request, size_t length)
{
    ask_for(client, request, length);
    if (client->reply[1] == 2) {
        return client->reply[8] == 0 ? take_blocks(client) : client->reply[9];
    }
    assert_int_equal(client->reply[1], 1);
    if (client->reply[3] != 0) {
        assert_int_equal(client->reply_length, 5);
        return client->reply[4];
    }
    take_rest(client, 4);
    return 0;
}

int client_get(struct client *client, const struct client_attribute *attribute)
{
    uint8_t request[13] = {0xC0, 1, 0xC1};
    put_attribute(request + 3, attribute);
    return get(client, request, sizeof request);
}

int client_get_selected(struct client *client, const struct client_attribute *attribute,
                        uint8_t selector, const struct dlms_writer *parameters)
{
    uint8_t request[CLIENT_REPLY] = {0xC0, 1, 0xC1};
    size_t length = 3 + put_attribute(request + 3, attribute);
    assert_true(length + 1 + parameters->total <= sizeof request);
    request[length - 1] = 1;
    request[length++] = selector;
    memcpy(request + length, parameters->data, parameters->total);
    return get(client, request, length + parameters->total);
}

void client_get_list(struct client *client, const struct client_attribute *attributes, size_t count)
{
    uint8_t get[CLIENT_REPLY] = {0xC0, 3, 0xC1, (uint8_t)count};
    size_t length = 4;
    assert_in_range(count, 1, 127);
    for (size_t a = 0; a < count; a++) {
        length += put_attribute(get + length, &attributes[a]);
    }
    ask_for(client, get, length);
    if (client->reply[1] == 2) {
        assert_int_equal(take_blocks(client), 0);
    } else {
        assert_int_equal(client->reply[1], 3);
        take_rest(client, 3);
    }
    assert_int_equal(client->answer[0], count);
}

int client_set(struct client *client, const struct client_attribute *attribute, const uint8_t *data,
               size_t length)
{
    uint8_t set[64] = {0xC1, 1, 0xC1};
    put_attribute(set + 3, attribute);
    assert_true(length <= sizeof set - 13);
    memcpy(set + 13, data, length);
    client_send(client, set, 13 + length);
    assert_int_equal(client->reply_length, 4);
    assert_int_equal(client->reply[0], 0xC5);
    return client->reply[3];
}

/* By hand, not by the rules of the face: ranges of the catalog. */
static uint16_t class_of(enum wh_quantity_id id)
{
    const bool is_data = (id >= WH_QUANTITY_METER_NUMBER && id <= WH_QUANTITY_STATUS) ||
                         id == WH_QUANTITY_PULSE_INPUT ||
                         (id >= WH_QUANTITY_DEBITING_COUNT && id < WH_QUANTITY_PREPAYMENT_BALANCE);
    const bool is_peak = id >= WH_QUANTITY_P_PLUS_MAX && id <= WH_QUANTITY_Q_PLUS_T2_MAX;
    return id == WH_QUANTITY_CLOCK ? 8 : is_data ? 1 : is_peak ? 4 : 3;
}

struct client_attribute client_row(enum wh_quantity_id id, int8_t attribute)
{
    struct client_attribute result = {.class_id = class_of(id), .attribute = attribute};
    memcpy(result.logical_name, wh_catalog_get(id)->obis, 6);
    return result;
}

bool client_expects(enum wh_quantity_id id)
{
    const bool is_time = id >= WH_QUANTITY_P_PLUS_MAX_TIME && id <= WH_QUANTITY_Q_PLUS_T2_MAX_TIME;
    const bool is_351c =
        (id >= WH_QUANTITY_A_PLUS_SECONDARY && id <= WH_QUANTITY_R4_SECONDARY) ||
        id == WH_QUANTITY_S_PLUS_MEAN || id == WH_QUANTITY_S_MINUS_MEAN ||
        id == WH_QUANTITY_S_PLUS_MAX || id == WH_QUANTITY_S_MINUS_MAX ||
        id == WH_QUANTITY_Q_PLUS_T1_MAX || id == WH_QUANTITY_Q_PLUS_T2_MAX ||
        (id >= WH_QUANTITY_S_PLUS_MAX_SUM && id <= WH_QUANTITY_Q_PLUS_T2_MAX_SUM) ||
        id == WH_QUANTITY_RATIO ||
        (id >= WH_QUANTITY_UNDER_VOLTAGES && id <= WH_QUANTITY_INTERRUPTIONS_LONG);
    const bool is_of_breaker =
        id >= WH_QUANTITY_BREAKER_STATE && id <= WH_QUANTITY_PREPAYMENT_CREDIT;
    return !is_time && !is_351c && !is_of_breaker;
}
