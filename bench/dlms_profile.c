/* Both ends of DLMS on this machine: reading a load profile of 10000 rows {clock, status, register}, plain and
 * authenticated and encrypted, in every form of rows; octets and HDLC round trips of 1000 rows; associations
 * with high level security. The server makes its rows when asked; the client takes the answer apart. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "dlms/client_security.h"
#include "dlms/client_selection.h"
#include "dlms/hdlc_client.h"
#include "dlms/hdlc_cosem.h"
#include "dlms_reader.h"
#include "ports/linux/crypto_openssl.h"

enum {
    ROWS = 10000,
    PERIOD_S = 900,
    PDU = 1224,
    VALUE = 100000,
    ROUNDS = 7,
    PLAIN = 16,
    CIPHERED = 17,
};

static const struct dlms_date_time start = {2024, 1, 1, 1, 0, 0, 0, 0, -60, 0};
static const struct dlms_logical_device devices[] = {{1, "BEN0000000000001"}};
static const struct dlms_object objects[] = {{
    .class_id = 7,
    .version = 1,
    .logical_name = {1, 0, 99, 1, 0, 255},
    .groups = 1,
    .attribute_count = 8,
    .readable = DLMS_ATTRIBUTE(2),
    .selectors = 0x06,
}};
static const struct dlms_client_attribute buffer_attribute = {
    .class_id = 7, .logical_name = {1, 0, 99, 1, 0, 255}, .index = 2};

/* ---- The meter ---- */

struct profile {
    size_t first;
    struct dlms_date_time cursor; /* of row … */
    size_t cursor_row;
};

static void row_time(struct profile *profile, size_t row)
{
    if (row == profile->cursor_row + 1) {
        dlms_date_time_add(&profile->cursor, PERIOD_S);
    } else if (row != profile->cursor_row) {
        profile->cursor = start;
        dlms_date_time_add(&profile->cursor, (uint32_t)(row * PERIOD_S));
    }
    profile->cursor_row = row;
}

static void put_row(void *context, size_t index, struct dlms_writer *row)
{
    struct profile *profile = context;
    row_time(profile, profile->first + index);
    dlms_put_structure(row, 3);
    dlms_put_date_time(row, &profile->cursor);
    dlms_put_u8(row, 0);
    dlms_put_u32(row, (uint32_t)(100000 + (profile->first + index) * 137));
}

/* The first row not before the time, by halves. */
static size_t find_row(struct profile *profile, struct dlms_span time)
{
    size_t low = 0;
    size_t high = ROWS;
    while (low < high) {
        const size_t middle = (low + high) / 2;
        uint8_t data[14];
        struct dlms_writer out = dlms_writer(data, sizeof data);
        row_time(profile, middle);
        dlms_put_date_time(&out, &profile->cursor);
        if (memcmp(data + 2, time.data, 8) < 0) { /* within a day the weekday is the same */
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static size_t select_rows(struct profile *profile, const struct dlms_selection *selection)
{
    profile->first = 0;
    if (selection == NULL) {
        return ROWS;
    }
    struct dlms_reader reader =
        dlms_reader(selection->parameters.data, selection->parameters.length);
    struct dlms_value values[4];
    dlms_read_value(&reader);
    if (selection->selector == DLMS_SELECT_ENTRIES) {
        for (int i = 0; i < 2; i++) {
            values[i] = dlms_read_value(&reader);
        }
        profile->first = (size_t)values[0].integer - 1;
        return (size_t)(values[1].integer - values[0].integer + 1);
    }
    dlms_skip_data(&reader);
    for (int i = 0; i < 2; i++) {
        values[i] = dlms_read_value(&reader);
    }
    profile->first = find_row(profile, values[0].bytes);
    size_t last = find_row(profile, values[1].bytes);
    return last - profile->first + 1;
}

static enum dlms_result read_attribute(void *context, const struct dlms_object *object,
                                       int8_t attribute, const struct dlms_selection *selection,
                                       struct dlms_writer *out)
{
    struct profile *profile = context;
    uint8_t room[100];
    (void)object;
    (void)attribute;
    const struct dlms_rows_source source = {
        .layout = {3, 0, PERIOD_S},
        .count = select_rows(profile, selection),
        .put = put_row,
        .context = profile,
        .room = room,
        .room_size = sizeof room,
    };
    return dlms_put_rows(out, (enum dlms_rows_form)out->rows, &source) ? DLMS_RESULT_SUCCESS
                                                                       : DLMS_RESULT_OTHER_REASON;
}

/* ---- Both ends ---- */

struct pair {
    struct profile profile;
    struct dlms_association associations[2];
    struct dlms_server server;
    struct dlms_link link;
    struct dlms_link_security link_security;
    uint8_t opened[PDU];
    uint8_t long_buffer[VALUE];
    struct dlms_security server_keys;
    struct dlms_security client_keys;
    uint16_t client_sap;
    struct dlms_client_settings settings;
    struct dlms_client client;
    struct dlms_client_cover cover;
    struct dlms_client_hls hls;
    uint8_t request[PDU];
    uint8_t value[VALUE];
    uint8_t plain[PDU];
    size_t octets; /* of all APDUs */
};

static double now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static void require(bool condition, const char *what)
{
    if (!condition) {
        fprintf(stderr, "failed: %s\n", what);
        exit(1);
    }
}

static void init(struct pair *pair, const struct dlms_crypto *crypto, bool is_ciphered, int form)
{
    static const uint32_t conformance = DLMS_CONFORMANCE_GET | DLMS_CONFORMANCE_BLOCK_GET |
                                        DLMS_CONFORMANCE_SELECTIVE_ACCESS |
                                        DLMS_CONFORMANCE_DELTA_VALUE | DLMS_CONFORMANCE_ACTION;
    memset(pair, 0, sizeof *pair);
    pair->profile.cursor = start;
    dlms_reader_keys(&pair->server_keys, &pair->client_keys, crypto);
    for (int i = 0; i < 2; i++) {
        pair->associations[i] = (struct dlms_association){
            .client_sap = (uint16_t)(PLAIN + i),
            .server_sap = 1,
            .mechanism = i == 0 ? DLMS_MECHANISM_NONE : DLMS_MECHANISM_GMAC,
            .conformance = conformance,
            .groups = 1,
            .ciphered = i == 1,
            .security = &pair->server_keys,
            .rows = (uint8_t)form,
        };
    }
    pair->server = (struct dlms_server){.devices = devices,
                                        .device_count = 1,
                                        .associations = pair->associations,
                                        .association_count = 2,
                                        .objects = objects,
                                        .object_count = 1,
                                        .read = read_attribute,
                                        .crypto = crypto,
                                        .context = &pair->profile,
                                        .max_receive_pdu = PDU};
    dlms_link_init(&pair->link, &pair->server, pair->long_buffer, VALUE);
    dlms_link_secure(&pair->link, &pair->link_security, pair->opened, PDU);
    pair->client_sap = is_ciphered ? CIPHERED : PLAIN;
    pair->settings =
        (struct dlms_client_settings){.conformance = conformance, .max_receive_pdu = PDU};
    dlms_client_init(&pair->client, &pair->settings, pair->request, PDU, pair->value, VALUE);
    if (is_ciphered) {
        pair->settings.title = (struct dlms_span){pair->client_keys.own_title, DLMS_TITLE};
        dlms_client_cover_init(&pair->cover, &pair->client, &pair->client_keys,
                               (struct dlms_cover){DLMS_ENVELOPE_GLO, 0x30}, pair->plain, PDU);
        pair->settings.protection = &pair->cover.protection;
        pair->hls.hls = (struct dlms_hls){.mechanism = DLMS_MECHANISM_GMAC,
                                          .crypto = crypto,
                                          .security = &pair->client_keys,
                                          .own_title = pair->client_keys.own_title};
    }
}

static enum dlms_client_status finish(struct pair *pair, enum dlms_client_status status)
{
    uint8_t reply[PDU];
    while (status == DLMS_CLIENT_SEND) {
        const struct dlms_request request = {pair->client_sap, 1,
                                             dlms_client_output(&pair->client)};
        const size_t length = dlms_link_handle(&pair->link, &request, reply, sizeof reply);
        pair->octets += request.apdu.length + length;
        status = dlms_client_received(&pair->client, (struct dlms_span){reply, length});
    }
    return status;
}

static bool associate(struct pair *pair)
{
    if (pair->client_sap == PLAIN) {
        return finish(pair, dlms_client_associate(&pair->client)) == DLMS_CLIENT_DONE;
    }
    return dlms_client_challenge(&pair->hls, &pair->settings) &&
           finish(pair, dlms_client_associate(&pair->client)) == DLMS_CLIENT_CHALLENGED &&
           finish(pair, dlms_client_prove(&pair->client, &pair->hls)) == DLMS_CLIENT_DONE &&
           dlms_client_judge(&pair->client, &pair->hls) == DLMS_CLIENT_DONE;
}

static size_t count_rows(const struct pair *pair)
{
    static const struct dlms_rows_layout layout = {3, 0, PERIOD_S};
    struct dlms_rows_reader reader;
    struct dlms_span row;
    uint8_t room[100];
    size_t count = 0;
    dlms_rows_begin(&reader, dlms_client_value(&pair->client), &layout, room, sizeof room);
    while (dlms_rows_next(&reader, &row) == DLMS_OK) {
        count++;
    }
    return count;
}

static struct dlms_client_attribute thousand_rows(uint8_t *room, size_t size)
{
    struct dlms_client_attribute attribute = buffer_attribute;
    struct dlms_writer out = dlms_writer(room, size);
    dlms_put_entries(&out, 5001, 6000, 1, 0);
    attribute.selector = DLMS_SELECT_ENTRIES;
    attribute.parameters = (struct dlms_span){room, out.total};
    return attribute;
}

/* Row 7000, by its time. */
static struct dlms_client_attribute one_row(uint8_t *room, size_t size)
{
    static const struct dlms_column clock = {8, {0, 0, 1, 0, 0, 255}, 2, 0};
    struct dlms_client_attribute attribute = buffer_attribute;
    struct dlms_date_time time = start;
    struct dlms_writer out = dlms_writer(room, size);
    dlms_date_time_add(&time, 7000 * PERIOD_S);
    dlms_put_range(&out, &clock, &time, &time, NULL, 0);
    attribute.selector = DLMS_SELECT_RANGE;
    attribute.parameters = (struct dlms_span){room, out.total};
    return attribute;
}

static double read_ms(struct pair *pair, const struct dlms_client_attribute *attribute, size_t rows)
{
    double best = 1e18;
    for (int round = 0; round < ROUNDS; round++) {
        const double before = now_ms();
        pair->octets = 0;
        require(finish(pair, dlms_client_get(&pair->client, attribute)) == DLMS_CLIENT_DONE,
                "reading the profile");
        require(count_rows(pair) == rows, "number of rows");
        const double taken = now_ms() - before;
        best = taken < best ? taken : best;
    }
    return best;
}

/* ---- HDLC ---- */

struct turn {
    uint8_t octets[20000];
    size_t length;
};

/* The line is as good and fast as can be: a round trip is a turn of the client and one of the server. */
static size_t count_round_trips(struct pair *pair, const struct dlms_client_attribute *attribute,
                                struct dlms_hdlc_parameters parameters)
{
    static uint8_t frames[2][2100];
    static uint8_t requests[PDU + 16];
    static uint8_t answers[2][PDU + 16];
    struct dlms_hdlc_link links[1] = {{.request = requests,
                                       .request_size = sizeof requests,
                                       .answer = answers[0],
                                       .answer_size = sizeof answers[0]}};
    const struct dlms_hdlc_settings settings = {.physical_address = 17,
                                                .forms = DLMS_HDLC_FORM_ANY,
                                                .parameters = parameters,
                                                .handler = &dlms_hdlc_link_handler,
                                                .context = &pair->link};
    const struct dlms_hdlc_client_settings client_settings = {.client_sap = pair->client_sap,
                                                              .server = {4, 1, 17},
                                                              .parameters = parameters,
                                                              .response_ms = 1000,
                                                              .answer_ms = 100000,
                                                              .retries = 1};
    struct dlms_hdlc_server server;
    struct dlms_hdlc_client client;
    static struct turn turn;
    struct dlms_span apdu = {NULL, 0};
    size_t turns = 0;
    enum dlms_client_status status = dlms_client_get(&pair->client, attribute);
    dlms_hdlc_server_init(&server, &settings, links, 1, frames[0], sizeof frames[0]);
    dlms_hdlc_client_init(&client, &client_settings, frames[1], sizeof frames[1], answers[1],
                          sizeof answers[1]);
    dlms_hdlc_client_connect(&client, 0);
    while (status == DLMS_CLIENT_SEND) {
        const enum dlms_hdlc_event event = dlms_hdlc_client_event(&client, &apdu);
        require(event != DLMS_HDLC_FAILED, "HDLC");
        if (event == DLMS_HDLC_ANSWER) {
            status = dlms_client_received(&pair->client, apdu);
        }
        if (event == DLMS_HDLC_CONNECTED ||
            (event == DLMS_HDLC_ANSWER && status == DLMS_CLIENT_SEND)) {
            turns = event == DLMS_HDLC_CONNECTED ? 0 : turns;
            dlms_hdlc_client_send(&client, 0, dlms_client_output(&pair->client), true);
        }
        turn.length = dlms_hdlc_client_output(&client, 0, turn.octets, sizeof turn.octets);
        turns += turn.length > 0;
        require(turn.length > 0 || status != DLMS_CLIENT_SEND, "going on over HDLC");
        dlms_hdlc_server_input(&server, 0, turn.octets, turn.length);
        turn.length = dlms_hdlc_server_output(&server, 0, turn.octets, sizeof turn.octets);
        dlms_hdlc_client_input(&client, 0, turn.octets, turn.length);
    }
    require(status == DLMS_CLIENT_DONE && count_rows(pair) == 1000, "reading over HDLC");
    return turns;
}

/* ---- The table ---- */

static void print_form(const struct dlms_crypto *crypto, int form, const char *name)
{
    static struct pair pair;
    uint8_t room[100];
    const struct dlms_client_attribute attribute = thousand_rows(room, sizeof room);
    double taken[2];
    for (int ciphered = 0; ciphered < 2; ciphered++) {
        init(&pair, crypto, ciphered == 1, form);
        require(associate(&pair), "associating");
        taken[ciphered] = read_ms(&pair, &attribute, 1000);
    }
    const size_t octets = dlms_client_value(&pair.client).length;
    init(&pair, crypto, false, form);
    require(associate(&pair), "associating");
    const size_t small =
        count_round_trips(&pair, &attribute, (struct dlms_hdlc_parameters){128, 128, 1, 1, false});
    const size_t large =
        count_round_trips(&pair, &attribute, (struct dlms_hdlc_parameters){1024, 1024, 7, 7, true});
    printf("  %-8s %8.2f %9.2f %14.1f %10zu %10zu\n", name, taken[0], taken[1],
           (double)octets / 1000, small, large);
}

static void print_one_row(const struct dlms_crypto *crypto)
{
    static struct pair pair;
    uint8_t room[100];
    const struct dlms_client_attribute attribute = one_row(room, sizeof room);
    double taken[2];
    for (int ciphered = 0; ciphered < 2; ciphered++) {
        init(&pair, crypto, ciphered == 1, DLMS_ROWS_PLAIN);
        require(associate(&pair), "associating");
        taken[ciphered] = read_ms(&pair, &attribute, 1);
    }
    printf("One row of 10000 by range: plain %.4f ms, ciphered %.4f ms (peer 5.08)\n", taken[0],
           taken[1]);
}

static void print_associations(const struct dlms_crypto *crypto)
{
    enum { COUNT = 20000 };
    static struct pair pair;
    init(&pair, crypto, true, DLMS_ROWS_PLAIN);
    const double before = now_ms();
    for (int i = 0; i < COUNT; i++) {
        require(associate(&pair), "associating");
    }
    printf("Associations with GMAC, ciphered, both ends: %.0f a second (peer 5700)\n",
           COUNT / (now_ms() - before) * 1e3);
}

int main(void)
{
    struct dlms_openssl *openssl = dlms_openssl_new();
    require(openssl != NULL, "OpenSSL");
    const struct dlms_crypto *crypto = dlms_openssl_crypto(openssl);
    printf("DLMS, 1000 rows {clock, status, register} out of 10000, both ends on this machine\n"
           "  rows     plain ms   suite 0 ms  octets a row  round trips on HDLC, information and\n"
           "                                                window 128, 1 or 1024, 7\n");
    print_form(crypto, DLMS_ROWS_PLAIN, "plain");
    print_form(crypto, DLMS_ROWS_NULL, "null");
    print_form(crypto, DLMS_ROWS_DELTA, "delta");
    print_form(crypto, DLMS_ROWS_COMPACT, "compact");
    printf("  peer         1.69      3.70           19.8        160\n");
    print_one_row(crypto);
    print_associations(crypto);
    dlms_openssl_free(openssl);
    return 0;
}
