/* COM-2. Buffers of profiles in every form: their octets, rows that come back as they were put, what cannot
 * be shortened, and what the server tells its read function of the client. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "dlms/rows.h"
#include "peer.h"
#include "tests/common/random.h"

enum { ROWS = 40, ROW = 200, BUFFER = 9000, ROOM = 400 };

/* Rows made beforehand. */
struct table {
    struct dlms_rows_layout layout;
    size_t count;
    uint8_t rows[ROWS][ROW];
    size_t length[ROWS];
    uint8_t room[ROOM];
};

static void put_row(void *context, size_t index, struct dlms_writer *row)
{
    const struct table *table = context;
    dlms_raw_bytes(row, table->rows[index], table->length[index]);
}

static bool put(struct table *table, struct dlms_writer *out, enum dlms_rows_form form)
{
    const struct dlms_rows_source source = {
        .layout = table->layout,
        .count = table->count,
        .put = put_row,
        .context = table,
        .room = table->room,
        .room_size = ROOM,
    };
    return dlms_put_rows(out, form, &source);
}

static void add(struct table *table, const char *hex)
{
    table->length[table->count] = peer_bytes(hex, table->rows[table->count], ROW);
    table->count++;
}

static void assert_put(struct table *table, enum dlms_rows_form form, const char *hex)
{
    uint8_t buffer[BUFFER];
    uint8_t expected[BUFFER];
    struct dlms_writer out = dlms_writer(buffer, sizeof buffer);
    const size_t length = peer_bytes(hex, expected, sizeof expected);
    assert_true(put(table, &out, form));
    assert_int_equal(out.total, length);
    assert_memory_equal(buffer, expected, length);
}

static void assert_comes_back(const struct table *table, struct dlms_span buffer)
{
    uint8_t room[ROOM];
    struct dlms_rows_reader reader;
    struct dlms_span row;
    assert_int_equal(dlms_rows_begin(&reader, buffer, &table->layout, room, sizeof room), DLMS_OK);
    for (size_t i = 0; i < table->count; i++) {
        assert_int_equal(dlms_rows_next(&reader, &row), DLMS_OK);
        assert_int_equal(row.length, table->length[i]);
        assert_memory_equal(row.data, table->rows[i], row.length);
    }
    assert_int_equal(dlms_rows_next(&reader, &row), DLMS_ERR_MORE);
}

/* ---- Octets ---- */

#define AT(hour, minute) "090C 07E5 0C1F 05 " hour minute "00 FF FFC4 00 "

/* A clock over the end of a year by quarters of an hour, a status, a register. */
static void make_quarters(struct table *table)
{
    *table = (struct table){.layout = {3, 0, 900}};
    add(table, "0203" AT("17", "1E") "1100 06000003E8");
    add(table, "0203" AT("17", "2D") "1100 06000003F8");
    add(table, "0203 090C 07E6 0101 06 00 0000 FF FFC4 00 1108 06000013F8");
    add(table, "0203 090C 07E6 0101 06 00 1400 FF FFC4 00 1108 06000013F7"); /* late */
}

static void test_octets_of_null_and_delta(void **state)
{
    (void)state;
    struct table table;
    make_quarters(&table);
    assert_put(&table, DLMS_ROWS_NULL,
               "0104 0203" AT("17", "1E") "1100 06000003E8"
                                          "0203 00 00 06000003F8"
                                          "0203 00 1108 06000013F8"
                                          "0203 090C07E6010106001400FFFFC400 00 06000013F7");
    assert_put(&table, DLMS_ROWS_DELTA,
               "0104 0203" AT("17", "1E") "1100 06000003E8"
                                          "0203 00 00 1F10"
                                          "0203 00 1108 201000"
                                          "0203 090C07E6010106001400FFFFC400 00 1CFF");
}

/* Constructed from the rule of 5-3. */
static void test_octets_of_compact(void **state)
{
    (void)state;
    struct table table = {.layout = {2, DLMS_ROWS_NO_CLOCK, 0}};
    add(&table, "0202 0600000001 120002");
    add(&table, "0202 0600000003 120004");
    assert_put(&table, DLMS_ROWS_COMPACT, "13 02 02 06 12 0C 00000001 0002 00000003 0004");
    assert_put(&table, DLMS_ROWS_PLAIN, "0102 0202 0600000001 120002 0202 0600000003 120004");
}

static void test_every_form_comes_back(void **state)
{
    (void)state;
    struct table table;
    make_quarters(&table);
    for (int form = DLMS_ROWS_PLAIN; form <= DLMS_ROWS_COMPACT; form++) {
        uint8_t buffer[BUFFER];
        struct dlms_writer out = dlms_writer(buffer, sizeof buffer);
        assert_true(put(&table, &out, (enum dlms_rows_form)form));
        assert_comes_back(&table, (struct dlms_span){buffer, out.total});
    }
}

/* What the short forms cannot say is said plainly. */
static void test_what_cannot_be_shortened(void **state)
{
    (void)state;
    static const char *const seconds[] = {
        "0202 00 120004",             /* null-data of the device's own */
        "0202 0500000003 120004",     /* another type: not compact */
        "0202 0600000001 0101120004", /* an array: not compact */
    };
    for (size_t i = 0; i < 3; i++) {
        for (int form = DLMS_ROWS_NULL; form <= DLMS_ROWS_COMPACT; form++) {
            struct table table = {.layout = {2, DLMS_ROWS_NO_CLOCK, 0}};
            uint8_t buffer[BUFFER];
            struct dlms_writer out = dlms_writer(buffer, sizeof buffer);
            add(&table, "0202 0600000001 120002");
            add(&table, seconds[i]);
            assert_true(put(&table, &out, (enum dlms_rows_form)form));
            if (i > 0 || form == DLMS_ROWS_COMPACT) {
                assert_int_not_equal(buffer[0], DLMS_TAG_COMPACT_ARRAY);
            }
            if (i > 0) { /* without null-data it can be read back */
                assert_comes_back(&table, (struct dlms_span){buffer, out.total});
            }
        }
    }
    struct table wrong = {.layout = {3, DLMS_ROWS_NO_CLOCK, 0}};
    struct dlms_writer out = dlms_writer(NULL, 0);
    add(&wrong, "0202 0600000001 120002");
    assert_false(put(&wrong, &out, DLMS_ROWS_NULL));
}

/* ---- Properties ---- */

static void put_random(struct test_random *random, struct dlms_writer *out, uint8_t type)
{
    const uint64_t value = random_sized(random);
    switch (type % 7) {
    case 0:
        dlms_put_u32(out, (uint32_t)value);
        break;
    case 1:
        dlms_put_i16(out, (int16_t)value);
        break;
    case 2:
        dlms_put_u64(out, value);
        break;
    case 3:
        dlms_put_octet_string(out, &value, (size_t)(value % 8));
        break;
    case 4:
        dlms_put_i64(out, (int64_t)~value);
        break;
    case 5:
        dlms_put_scaler_unit(out, (int8_t)value, 30);
        break;
    default:
        dlms_put_u8(out, (uint8_t)(value % 3));
        break;
    }
}

/* Columns of any type, often unchanged, sometimes of another type than before; a clock that mostly goes on
 * by its period. */
static void make_random(struct table *table, struct test_random *random)
{
    struct dlms_date_time time = {2024, 2, 28, 3, 23, 0, 0, 0, -60, 0};
    const uint8_t columns = (uint8_t)(1 + random_u64(random) % 5);
    *table = (struct table){.layout = {columns, (uint8_t)(random_u64(random) % (columns + 1u)),
                                       (uint32_t)(random_u64(random) % 3 * 900)}};
    table->count = random_u64(random) % ROWS;
    const uint64_t types = random_u64(random);
    uint64_t seeds[5] = {0};
    for (size_t i = 0; i < table->count; i++) {
        struct dlms_writer out = dlms_writer(table->rows[i], ROW);
        dlms_put_structure(&out, columns);
        dlms_date_time_add(&time, random_u64(random) % 8 == 0 ? 60 : table->layout.period_s);
        for (uint8_t column = 0; column < columns; column++) {
            const bool is_odd = random_u64(random) % 50 == 0;
            if (random_u64(random) % 2 == 0) {
                seeds[column] = random_u64(random) % 5;
            }
            struct test_random value = {seeds[column]};
            if (column == table->layout.clock_column) {
                dlms_put_date_time(&out, &time);
            } else {
                put_random(&value, &out, (uint8_t)((types >> column * 8) + is_odd));
            }
        }
        table->length[i] = out.total;
    }
}

static void test_any_rows_come_back(void **state)
{
    (void)state;
    struct test_random random = {7};
    for (int i = 0; i < 3000; i++) {
        struct table table;
        size_t plain = 0;
        make_random(&table, &random);
        for (int form = DLMS_ROWS_PLAIN; form <= DLMS_ROWS_COMPACT; form++) {
            uint8_t buffer[BUFFER];
            struct dlms_writer out = dlms_writer(buffer, sizeof buffer);
            assert_true(put(&table, &out, (enum dlms_rows_form)form));
            assert_comes_back(&table, (struct dlms_span){buffer, out.total});
            plain = form == DLMS_ROWS_PLAIN ? out.total : plain;
            assert_true(form == DLMS_ROWS_COMPACT || out.total <= plain);
            /* Made again in windows, as for a long answer: the same octets. */
            uint8_t piece[64];
            for (size_t skip = 0; skip < out.total; skip += sizeof piece) {
                struct dlms_writer window = dlms_writer(piece, sizeof piece);
                window.skip = skip;
                assert_true(put(&table, &window, (enum dlms_rows_form)form));
                assert_int_equal(window.total, out.total);
                assert_int_equal(window.check, dlms_check(DLMS_CHECK_START, buffer, skip));
                const size_t left = out.total - skip;
                assert_memory_equal(piece, buffer + skip, left < 64 ? left : 64);
            }
        }
    }
}

static void test_malformed_buffers(void **state)
{
    (void)state;
    const struct dlms_rows_layout layout = {2, 0, 900};
    static const char *const buffers[] = {
        "",
        "0102 0202 1101 1102",                  /* a row is missing */
        "0101 0201 1101",                       /* a column */
        "0102 0202 1101 1102 0202 00 1102",     /* null-data for a clock that is none */
        "0101 0202 1101 1F02",                  /* a difference to nothing */
        "0102 0202 1101 090101 0202 1101 1F02", /* a difference to a string */
        "13 02 01 11 02 0102",                  /* compact, of one column */
        "13 02 02 11 11 03 010203",             /* half a row */
        "13 02 02 0201 1101 11 02 0102",        /* a structure in a row */
        "13 02 02 1F 1F 02 0102",               /* differences to nothing */
        "13 11 02 0102",                        /* no structures */
    };
    for (size_t i = 0; i < sizeof buffers / sizeof buffers[0]; i++) {
        uint8_t bytes[100];
        uint8_t room[ROOM];
        struct dlms_rows_reader reader;
        struct dlms_span row;
        const struct dlms_span buffer = {bytes, peer_bytes(buffers[i], bytes, sizeof bytes)};
        enum dlms_err err = dlms_rows_begin(&reader, buffer, &layout, room, sizeof room);
        for (int rows = 0; err == DLMS_OK && rows < 5; rows++) {
            err = dlms_rows_next(&reader, &row);
        }
        assert_int_equal(err, DLMS_ERR_FORMAT);
    }
}

static void test_date_time_add(void **state)
{
    (void)state;
    static const struct {
        struct dlms_date_time from;
        uint32_t seconds;
        struct dlms_date_time to;
    } rows[] = {
        {{2024, 2, 28, 3, 23, 45, 0, 0, 0, 0}, 900, {2024, 2, 29, 4, 0, 0, 0, 0, 0, 0}},
        {{2023, 2, 28, 2, 23, 45, 0, 0, 0, 0}, 900, {2023, 3, 1, 3, 0, 0, 0, 0, 0, 0}},
        {{1900, 2, 28, 0xFF, 0, 0, 0, 0xFF, 0, 0}, 86400, {1900, 3, 1, 0xFF, 0, 0, 0, 0xFF, 0, 0}},
        {{2023, 12, 31, 7, 23, 59, 59, 1, 0, 0}, 1, {2024, 1, 1, 1, 0, 0, 0, 1, 0, 0}},
        {{2023, 1, 1, 7, 0, 0, 0, 0, 0, 0}, 366 * 86400, {2024, 1, 2, 2, 0, 0, 0, 0, 0, 0}},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct dlms_date_time time = rows[i].from;
        assert_true(dlms_date_time_add(&time, rows[i].seconds));
        assert_memory_equal(&time, &rows[i].to, sizeof time);
    }
    static const struct dlms_date_time unspecified[] = {
        {DLMS_YEAR_UNSPECIFIED, 1, 1, 1, 0, 0, 0, 0, 0, 0},
        {2024, 0xFE, 1, 1, 0, 0, 0, 0, 0, 0},
        {2023, 2, 29, 1, 0, 0, 0, 0, 0, 0},
        {2023, 2, 1, 1, 24, 0, 0, 0, 0, 0},
        {2023, 2, 0, 1, 0, 0, 0, 0, 0, 0},
        {2023, 2, 1, 1, 0, 0, 0xFF, 0, 0, 0},
    };
    for (size_t i = 0; i < sizeof unspecified / sizeof unspecified[0]; i++) {
        struct dlms_date_time time = unspecified[i];
        assert_false(dlms_date_time_add(&time, 1));
        assert_memory_equal(&time, &unspecified[i], sizeof time);
    }
}

/* ---- In the server ---- */

static enum dlms_result read_form(void *context, const struct dlms_object *object, int8_t attribute,
                                  const struct dlms_selection *selection, struct dlms_writer *out)
{
    (void)context;
    (void)object;
    (void)attribute;
    (void)selection;
    dlms_put_u8(out, out->rows);
    return DLMS_RESULT_SUCCESS;
}

/* The row of the association decides, and differences are for who agreed on them. */
static void test_form_of_an_association(void **state)
{
    (void)state;
    static const char *const conformances[] = {"001010", "021010"};
    for (int form = DLMS_ROWS_PLAIN; form <= DLMS_ROWS_COMPACT; form++) {
        for (int delta = 0; delta < 2; delta++) {
            struct peer peer;
            char text[100];
            peer_init(&peer, DEVICE_PUBLIC, PEER_LONG_BUFFER);
            struct dlms_association row = peer.server.associations[0];
            row.conformance |= DLMS_CONFORMANCE_DELTA_VALUE;
            row.rows = (uint8_t)form;
            peer.server.associations = &row;
            peer.server.association_count = 1;
            peer.server.read = read_form;
            snprintf(text, sizeof text,
                     "601DA109060760857405080101BE10040E01000000065F1F0400%s0100",
                     conformances[delta]);
            peer_ask(&peer, text);
            const int expected = form == DLMS_ROWS_DELTA && !delta ? DLMS_ROWS_NULL : form;
            snprintf(text, sizeof text, "C401C10011%02X", (unsigned)expected);
            assert_string_equal(peer_ask(&peer, "C001C1 0001 0101000001FF 02 00"), text);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_octets_of_null_and_delta),
        cmocka_unit_test(test_octets_of_compact),
        cmocka_unit_test(test_every_form_comes_back),
        cmocka_unit_test(test_what_cannot_be_shortened),
        cmocka_unit_test(test_any_rows_come_back),
        cmocka_unit_test(test_malformed_buffers),
        cmocka_unit_test(test_date_time_add),
        cmocka_unit_test(test_form_of_an_association),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
