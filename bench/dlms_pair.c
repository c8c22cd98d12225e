/* A load profile of 10000 rows and its reader: see dlms_pair.h. The meter makes its rows when asked. */
#include "dlms_pair.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "dlms/rows.h"
#include "dlms_reader.h"

enum { PERIOD_S = 900, PLAIN = 16, CIPHERED = 17, SECONDS_PER_DAY = 86400 };

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

/* Seconds of the clock on the wall since the year 2000. */
static uint32_t seconds_of(const struct dlms_date_time *time)
{
    static const uint16_t before[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
    const uint32_t years = time->year - 2000u;
    const uint32_t leaps = (years + 3) / 4 + (time->year % 4 == 0 && time->month > 2);
    const uint32_t days = years * 365 + leaps + before[time->month - 1] + time->day - 1;
    return days * SECONDS_PER_DAY + (time->hour * 60u + time->minute) * 60u + time->second;
}

static uint32_t time_s(struct dlms_span bytes)
{
    struct dlms_date_time time;
    require(dlms_date_time_parse(bytes, &time), "the moment of a range");
    return seconds_of(&time);
}

/* How many rows are older, by halves of what the log has. */
static size_t count_before(const struct profile *profile, uint32_t before_s)
{
    size_t low = 0;
    size_t high = PAIR_ROWS;
    while (low < high) {
        const size_t middle = (low + high) / 2;
        if (profile->stamp_s[middle] < before_s) {
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
        return PAIR_ROWS;
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
    profile->first = count_before(profile, time_s(values[0].bytes));
    return count_before(profile, time_s(values[1].bytes) + 1) - profile->first;
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

static const uint32_t conformance = DLMS_CONFORMANCE_GET | DLMS_CONFORMANCE_BLOCK_GET |
                                    DLMS_CONFORMANCE_SELECTIVE_ACCESS |
                                    DLMS_CONFORMANCE_DELTA_VALUE | DLMS_CONFORMANCE_ACTION;

void require(bool condition, const char *what)
{
    if (!condition) {
        fprintf(stderr, "failed: %s\n", what);
        exit(1);
    }
}

double now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static void init_server(struct pair *pair, const struct pair_setup *setup)
{
    for (int i = 0; i < 2; i++) {
        pair->associations[i] = (struct dlms_association){
            .client_sap = (uint16_t)(PLAIN + i),
            .server_sap = 1,
            .mechanism = i == 0 ? DLMS_MECHANISM_NONE : DLMS_MECHANISM_GMAC,
            .conformance = conformance,
            .groups = 1,
            .ciphered = i == 1,
            .security = &pair->server_keys,
            .rows = (uint8_t)setup->form,
        };
    }
    pair->server = (struct dlms_server){.devices = devices,
                                        .device_count = 1,
                                        .associations = pair->associations,
                                        .association_count = 2,
                                        .objects = objects,
                                        .object_count = 1,
                                        .read = read_attribute,
                                        .crypto = setup->crypto,
                                        .context = &pair->profile,
                                        .max_receive_pdu = PAIR_PDU};
    dlms_link_init(&pair->link, &pair->server, pair->long_buffer,
                   setup->long_buffer_size != 0 ? setup->long_buffer_size : PAIR_VALUE);
    dlms_link_secure(&pair->link, &pair->link_security, pair->opened, PAIR_PDU);
}

static void init_client(struct pair *pair, const struct pair_setup *setup)
{
    pair->client_sap = setup->is_ciphered ? CIPHERED : PLAIN;
    pair->settings = (struct dlms_client_settings){
        .conformance = conformance,
        .max_receive_pdu = setup->client_pdu != 0 ? setup->client_pdu : PAIR_PDU};
    dlms_client_init(&pair->client, &pair->settings, pair->request, PAIR_PDU, pair->value,
                     PAIR_VALUE);
    if (setup->is_ciphered) {
        pair->settings.title = (struct dlms_span){pair->client_keys.own_title, DLMS_TITLE};
        dlms_client_cover_init(&pair->cover, &pair->client, &pair->client_keys,
                               (struct dlms_cover){DLMS_ENVELOPE_GLO, 0x30}, pair->plain,
                               sizeof pair->plain);
        pair->settings.protection = &pair->cover.protection;
        pair->hls.hls = (struct dlms_hls){.mechanism = DLMS_MECHANISM_GMAC,
                                          .crypto = setup->crypto,
                                          .security = &pair->client_keys,
                                          .own_title = pair->client_keys.own_title};
    }
}

void pair_init(struct pair *pair, const struct pair_setup *setup)
{
    memset(pair, 0, sizeof *pair);
    pair->profile.cursor = start;
    for (uint32_t row = 0; row < PAIR_ROWS; row++) {
        pair->profile.stamp_s[row] = seconds_of(&start) + row * PERIOD_S;
    }
    dlms_reader_keys(&pair->server_keys, &pair->client_keys, setup->crypto);
    init_server(pair, setup);
    init_client(pair, setup);
}

enum dlms_client_status pair_exchange(struct pair *pair)
{
    const struct dlms_request request = {pair->client_sap, 1, dlms_client_output(&pair->client)};
    const double before_ms = now_ms();
    const size_t length = dlms_link_handle(&pair->link, &request, pair->reply, sizeof pair->reply);
    pair->server_ms += now_ms() - before_ms;
    return dlms_client_received(&pair->client, (struct dlms_span){pair->reply, length});
}

enum dlms_client_status pair_finish(struct pair *pair, enum dlms_client_status status)
{
    pair->server_ms = 0;
    while (status == DLMS_CLIENT_SEND) {
        status = pair_exchange(pair);
    }
    return status;
}

bool pair_associate(struct pair *pair)
{
    if (pair->client_sap == PLAIN) {
        return pair_finish(pair, dlms_client_associate(&pair->client)) == DLMS_CLIENT_DONE;
    }
    return dlms_client_challenge(&pair->hls, &pair->settings) &&
           pair_finish(pair, dlms_client_associate(&pair->client)) == DLMS_CLIENT_CHALLENGED &&
           pair_finish(pair, dlms_client_prove(&pair->client, &pair->hls)) == DLMS_CLIENT_DONE &&
           dlms_client_judge(&pair->client, &pair->hls) == DLMS_CLIENT_DONE;
}

size_t pair_count_rows(const struct pair *pair)
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

struct dlms_client_attribute pair_thousand(uint8_t room[PAIR_PARAMETERS])
{
    struct dlms_client_attribute attribute = buffer_attribute;
    struct dlms_writer out = dlms_writer(room, PAIR_PARAMETERS);
    dlms_put_entries(&out, 5001, 5000 + PAIR_SELECTED, 1, 0);
    attribute.selector = DLMS_SELECT_ENTRIES;
    attribute.parameters = (struct dlms_span){room, out.total};
    return attribute;
}

struct dlms_client_attribute pair_one_row(uint8_t room[PAIR_PARAMETERS])
{
    static const struct dlms_column clock = {8, {0, 0, 1, 0, 0, 255}, 2, 0};
    struct dlms_client_attribute attribute = buffer_attribute;
    struct dlms_date_time time = start;
    struct dlms_writer out = dlms_writer(room, PAIR_PARAMETERS);
    dlms_date_time_add(&time, 7000 * PERIOD_S);
    dlms_put_range(&out, &clock, &time, &time, NULL, 0);
    attribute.selector = DLMS_SELECT_RANGE;
    attribute.parameters = (struct dlms_span){room, out.total};
    return attribute;
}
