#include "modern_client.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const uint8_t client_title[DLMS_TITLE] = {'C', 'L', 'I', 0, 0, 0, 0, 7};

static enum wh_err load(void *context, uint8_t kept[WH_MODERN_KEPT_SIZE])
{
    const struct modern_client *modern = context;
    memcpy(kept, modern->kept, WH_MODERN_KEPT_SIZE);
    return modern->has_kept ? WH_OK : WH_ERR_NOT_FOUND;
}

static bool save(void *context, const uint8_t kept[WH_MODERN_KEPT_SIZE])
{
    struct modern_client *modern = context;
    if (modern->store_fails) {
        return false;
    }
    memcpy(modern->kept, kept, WH_MODERN_KEPT_SIZE);
    modern->has_kept = true;
    modern->saves++;
    return true;
}

static bool reserve(void *context, enum dlms_counter_id id, uint32_t limit)
{
    (void)context;
    (void)id;
    (void)limit;
    return true;
}

static enum wh_err offer(struct modern_client *modern)
{
    return wh_cosem_modern_init(&modern->modern, &modern->meter.face,
                                dlms_openssl_crypto(modern->openssl), &modern->store,
                                &modern->keys);
}

enum wh_err modern_restart(struct modern_client *modern)
{
    client_restart(&modern->meter);
    memset(&modern->modern, 0, sizeof modern->modern);
    return offer(modern);
}

/* Pairs of the meter and of its clients, who get the meter's public keys in turn. */
static void make_pairs(struct modern_client *modern)
{
    const struct dlms_crypto *crypto = dlms_openssl_crypto(modern->openssl);
    const enum dlms_curve curve = dlms_suite_curve(modern->keys.suite);
    struct wh_modern_keys *keys = &modern->keys;
    assert_true(crypto->generate(crypto->context, curve, keys->meter.signing,
                                 modern->meter_public.signing));
    assert_true(crypto->generate(crypto->context, curve, keys->meter.agreement,
                                 modern->meter_public.agreement));
    for (int c = 0; c < WH_MODERN_CLIENTS; c++) {
        assert_true(crypto->generate(crypto->context, curve, modern->own[c].signing,
                                     keys->client[c].signing));
        assert_true(crypto->generate(crypto->context, curve, modern->own[c].agreement,
                                     keys->client[c].agreement));
    }
}

static void start(struct modern_client *modern, const struct wh_config *config, uint8_t suite)
{
    uint8_t *key = (uint8_t *)&modern->keys;
    memset(modern, 0, sizeof *modern);
    modern->openssl = dlms_openssl_new();
    assert_non_null(modern->openssl);
    for (size_t i = 0; i < (size_t)WH_MODERN_SYMMETRIC * WH_MODERN_KEY; i++) {
        key[i] = (uint8_t)(i + 1);
    }
    modern->keys.suite = suite;
    if (suite > 0) {
        make_pairs(modern);
    }
    modern->envelope = DLMS_ENVELOPE_GLO;
    modern->store = (struct wh_modern_store){modern, load, save};
    modern->counters = (struct dlms_counter_store){NULL, reserve, 1};
    client_start(&modern->meter);
    if (config != NULL) {
        rig_close(&modern->meter.rig);
        rig_open_as(&modern->meter.rig, "382M", config, 800000000);
    }
    assert_int_equal(modern_restart(modern), WH_OK);
}

void modern_start(struct modern_client *modern, const struct wh_config *config)
{
    start(modern, config, 0);
}

void modern_start_suite(struct modern_client *modern, uint8_t suite)
{
    start(modern, NULL, suite);
}

void modern_stop(struct modern_client *modern)
{
    client_stop(&modern->meter);
    dlms_openssl_free(modern->openssl);
}

static uint32_t read_counter(struct modern_client *modern, int number)
{
    const struct client_attribute counter = {1, {0, 0, 43, 1, (uint8_t)number, 255}, 2};
    struct client *meter = &modern->meter;
    assert_int_equal(
        client_open(meter, WH_COSEM_CLIENT_PUBLIC, WH_COSEM_DEVICE_MANAGEMENT, NULL, 0xFFFF), 0);
    assert_int_equal(client_get(meter, &counter), 0);
    assert_int_equal(meter->answer[0], DLMS_TAG_U32);
    struct dlms_reader reader = dlms_reader(meter->answer + 1, 4);
    return dlms_read_u32(&reader);
}

static void take_pairs(struct modern_client *modern, int number)
{
    struct dlms_security *security = &modern->security;
    const size_t size = dlms_suite_coordinate(modern->keys.suite);
    security->private_key = (struct dlms_span){modern->own[number].signing, size};
    security->agreement_private = (struct dlms_span){modern->own[number].agreement, size};
    security->public_key = (struct dlms_span){modern->meter_public.signing, 2 * size};
    security->agreement_public = (struct dlms_span){modern->meter_public.agreement, 2 * size};
    security->asymmetric = &dlms_asymmetric;
}

void modern_become(struct modern_client *modern, int number)
{
    struct client *meter = &modern->meter;
    dlms_link_init(&meter->link, &meter->face.server, meter->long_buffer,
                   sizeof meter->long_buffer);
    dlms_link_secure(&meter->link, &modern->link_security, modern->link_plain,
                     sizeof modern->link_plain);
    modern->security = (struct dlms_security){
        .crypto = dlms_openssl_crypto(modern->openssl),
        .store = &modern->counters,
        .suite = modern->keys.suite,
        .counter[DLMS_COUNTER_SEND].next = read_counter(modern, number) + 1,
    };
    memcpy(modern->security.own_title, client_title, DLMS_TITLE);
    memcpy(modern->security.key[DLMS_KEY_UNICAST], modern->keys.encryption[number], WH_MODERN_KEY);
    memcpy(modern->security.key[DLMS_KEY_AUTHENTICATION], modern->keys.authentication[number],
           WH_MODERN_KEY);
    memcpy(modern->security.key[DLMS_KEY_MASTER], modern->keys.master, WH_MODERN_KEY);
    if (modern->keys.suite > 0) {
        take_pairs(modern, number);
    }
    meter->client_sap = number == 0 ? WH_COSEM_CLIENT_MANAGEMENT : WH_COSEM_CLIENT_READING;
    meter->server_sap = WH_COSEM_DEVICE_MANAGEMENT;
    meter->max_pdu = 0;
    modern->control = DLMS_CONTROL_AUTHENTICATED | DLMS_CONTROL_ENCRYPTED;
}

enum dlms_client_status modern_finish(struct modern_client *modern, enum dlms_client_status status)
{
    struct client *meter = &modern->meter;
    while (status == DLMS_CLIENT_SEND) {
        const struct dlms_span apdu = dlms_client_output(&modern->client);
        assert_true(apdu.length <= sizeof modern->sent);
        memcpy(modern->sent, apdu.data, apdu.length);
        modern->sent_length = apdu.length;
        if (modern->carry != NULL) {
            modern->carry(modern, (struct dlms_span){modern->sent, modern->sent_length});
        } else {
            client_send(meter, modern->sent, modern->sent_length);
        }
        status = dlms_client_received(&modern->client,
                                      (struct dlms_span){meter->reply, meter->reply_length});
    }
    return status;
}

static struct dlms_cover cover_of(const struct modern_client *modern)
{
    return (struct dlms_cover){modern->envelope, (uint8_t)(modern->control | modern->keys.suite)};
}

enum dlms_client_status modern_open(struct modern_client *modern)
{
    modern->settings = (struct dlms_client_settings){
        .title = {modern->security.own_title, DLMS_TITLE},
        .conformance = 0x00FFFFFF & ~(uint32_t)DLMS_CONFORMANCE_GENERAL_BLOCK,
        .max_receive_pdu = MODERN_PDU,
    };
    modern->hls.hls = (struct dlms_hls){
        .mechanism = modern->keys.suite == 0 ? DLMS_MECHANISM_GMAC : DLMS_MECHANISM_ECDSA,
        .crypto = modern->security.crypto,
        .security = &modern->security,
        .own_title = modern->security.own_title,
    };
    dlms_client_init(&modern->client, &modern->settings, modern->request, sizeof modern->request,
                     modern->value, sizeof modern->value);
    if (modern->control != 0) {
        dlms_client_cover_init(&modern->cover, &modern->client, &modern->security, cover_of(modern),
                               modern->plain, sizeof modern->plain);
        modern->settings.protection = &modern->cover.protection;
    }
    assert_true(dlms_client_challenge(&modern->hls, &modern->settings));
    enum dlms_client_status status = modern_finish(modern, dlms_client_associate(&modern->client));
    if (status == DLMS_CLIENT_CHALLENGED) {
        status = modern_finish(modern, dlms_client_prove(&modern->client, &modern->hls));
        status =
            status == DLMS_CLIENT_DONE ? dlms_client_judge(&modern->client, &modern->hls) : status;
    }
    return status;
}

void modern_connect(struct modern_client *modern, int number)
{
    modern_become(modern, number);
    assert_int_equal(modern_open(modern), DLMS_CLIENT_DONE);
}

static int result_of(struct modern_client *modern, enum dlms_client_status status)
{
    status = modern_finish(modern, status);
    if (status == DLMS_CLIENT_ERR_RESULT) {
        return (int)modern->client.result;
    }
    return status == DLMS_CLIENT_DONE ? 0 : 1000 + (int)status;
}

static struct dlms_client_attribute attribute(uint16_t class_id, const uint8_t name[6],
                                              int8_t index)
{
    struct dlms_client_attribute result = {.class_id = class_id, .index = index};
    memcpy(result.logical_name, name, 6);
    return result;
}

int modern_get(struct modern_client *modern, uint16_t class_id, const uint8_t name[6], int8_t index)
{
    const struct dlms_client_attribute at = attribute(class_id, name, index);
    return result_of(modern, dlms_client_get(&modern->client, &at));
}

int modern_set(struct modern_client *modern, uint16_t class_id, const uint8_t name[6], int8_t index,
               const struct dlms_writer *data)
{
    const struct dlms_client_attribute at = attribute(class_id, name, index);
    return result_of(
        modern, dlms_client_set(&modern->client, &at, (struct dlms_span){data->data, data->total}));
}

int modern_invoke(struct modern_client *modern, uint16_t class_id, const uint8_t name[6],
                  int8_t index, const struct dlms_writer *parameters)
{
    const struct dlms_client_attribute at = attribute(class_id, name, index);
    const struct dlms_span data = {parameters->data, parameters->total};
    return result_of(modern, dlms_client_action(&modern->client, &at, data));
}

void modern_assert_value(struct modern_client *modern, uint16_t class_id, const uint8_t name[6],
                         int8_t index, const void *bytes, size_t length)
{
    assert_int_equal(modern_get(modern, class_id, name, index), 0);
    const struct dlms_span value = dlms_client_value(&modern->client);
    assert_int_equal(value.length, length);
    assert_memory_equal(value.data, bytes, length);
}
