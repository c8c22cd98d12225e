/* The head of a software image, and the state of its transfer as stored: where each field is, and what
 * is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "app/image.h"
#include "app/image_header.h"
#include "app/image_record.h"

static struct wh_image_header some_header(void)
{
    struct wh_image_header header = {
        .model = "351C",
        .hardware = 0x01020304,
        .software = {.number = 0x11121314, .revision = 0x21222324},
        .legal_version = "LR-0.2",
        .body_length = 0x00010203,
    };
    for (int i = 0; i < WH_SOFTWARE_DIGEST; i++) {
        header.software.digest[i] = (uint8_t)(0x40 + i);
        header.legal_checksum[i] = (uint8_t)(0x80 + i);
        header.signature[i] = (uint8_t)(0xC0 + i);
        header.signature[WH_SOFTWARE_DIGEST + i] = (uint8_t)(0xE0 + i);
    }
    return header;
}

/* The layout of the header, octet by octet as image_header.h has it. */
static void test_layout(void **state)
{
    static const uint8_t start[80] = {
        'W',  'H',  'I',  'M',  'A',  'G',  'E',  0,    1,    0,    1,    0,    '3',  '5',
        '1',  'C',  0,    0,    0,    0,    0x04, 0x03, 0x02, 0x01, 0x14, 0x13, 0x12, 0x11,
        0x24, 0x23, 0x22, 0x21, 'L',  'R',  '-',  '0',  '.',  '2',  0,    0,    0,    0,
        0,    0,    0,    0,    0,    0,    0x80, 0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87,
        0x88, 0x89, 0x8A, 0x8B, 0x8C, 0x8D, 0x8E, 0x8F, 0x90, 0x91, 0x92, 0x93, 0x94, 0x95,
        0x96, 0x97, 0x98, 0x99, 0x9A, 0x9B, 0x9C, 0x9D, 0x9E, 0x9F};
    static const uint8_t length[16] = {0x03, 0x02, 0x01};
    const struct wh_image_header header = some_header();
    struct wh_image_header decoded;
    uint8_t bytes[WH_IMAGE_HEADER];
    (void)state;
    assert_int_equal(wh_image_header_check(&header), WH_OK);
    wh_image_header_encode(&header, bytes);
    assert_memory_equal(bytes, start, sizeof start);
    assert_memory_equal(bytes + 80, length, sizeof length);
    assert_memory_equal(bytes + 96, header.software.digest, WH_SOFTWARE_DIGEST);
    assert_memory_equal(bytes + 128, header.signature, WH_IMAGE_SIGNATURE);
    assert_int_equal(wh_image_header_decode(&decoded, bytes), WH_OK);
    assert_memory_equal(&decoded, &header, sizeof header);
}

/* Any other octet in place of one gives an error, or a header that says so: none is passed over. */
static void test_every_octet_counts(void **state)
{
    const struct wh_image_header header = some_header();
    uint8_t bytes[WH_IMAGE_HEADER];
    uint8_t again[WH_IMAGE_HEADER];
    unsigned refused = 0;
    (void)state;
    wh_image_header_encode(&header, bytes);
    for (size_t at = 0; at < sizeof bytes; at++) {
        struct wh_image_header decoded = header;
        bytes[at] ^= 0xA5;
        const enum wh_err err = wh_image_header_decode(&decoded, bytes);
        if (err == WH_OK) {
            wh_image_header_encode(&decoded, again);
            assert_memory_equal(again, bytes, sizeof bytes);
            assert_memory_not_equal(&decoded, &header, sizeof header);
        } else {
            assert_true(err == WH_ERR_FORMAT || err == WH_ERR_UNSUPPORTED);
            assert_memory_equal(&decoded, &header, sizeof header);
            refused++;
        }
        bytes[at] ^= 0xA5;
    }
    assert_true(refused >= 8 + 4 + 8 + 16 + 12);
}

static void assert_refused(const struct wh_image_header *header)
{
    struct wh_image_header decoded;
    uint8_t bytes[WH_IMAGE_HEADER];
    assert_int_equal(wh_image_header_check(header), WH_ERR_ARGUMENT);
    wh_image_header_encode(header, bytes);
    assert_int_equal(wh_image_header_decode(&decoded, bytes), WH_ERR_FORMAT);
}

static void test_fields_out_of_range(void **state)
{
    struct wh_image_header header = some_header();
    (void)state;
    header.body_length = 0;
    assert_refused(&header);
    header.body_length = WH_IMAGE_SIZE_MAX - WH_IMAGE_HEADER + 1;
    assert_refused(&header);
    header.body_length = WH_IMAGE_SIZE_MAX - WH_IMAGE_HEADER;
    assert_int_equal(wh_image_header_check(&header), WH_OK);
    memset(header.model, 0, sizeof header.model);
    assert_refused(&header);
    memset(header.model, 'A', sizeof header.model);
    assert_int_equal(wh_image_header_check(&header), WH_OK);
    header.model[3] = '\n';
    assert_refused(&header);
}

/* What the legal part must not be changed by, and what an old fault must not come back with. */
static void test_fits(void **state)
{
    const struct wh_image_header header = some_header();
    const struct wh_image_fit fit = {
        .model = "351C",
        .hardware = 0x01020304,
        .running = {.number = 0x11121314, .revision = 0x21222323},
        .legal_version = "LR-0.2",
        .legal_checksum_hex = "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f",
    };
    struct wh_image_fit other = fit;
    (void)state;
    assert_int_equal(wh_image_fits(&header, &fit), WH_IMAGE_FAULT_NONE);
    other.model = "351";
    assert_int_equal(wh_image_fits(&header, &other), WH_IMAGE_FAULT_MODEL);
    other = fit;
    other.hardware++;
    assert_int_equal(wh_image_fits(&header, &other), WH_IMAGE_FAULT_MODEL);
    other = fit;
    other.running.number++;
    assert_int_equal(wh_image_fits(&header, &other), WH_IMAGE_FAULT_MODEL);
    other = fit;
    other.legal_version = "LR-0.20";
    assert_int_equal(wh_image_fits(&header, &other), WH_IMAGE_FAULT_LEGAL);
    other = fit;
    other.legal_checksum_hex = "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9e";
    assert_int_equal(wh_image_fits(&header, &other), WH_IMAGE_FAULT_LEGAL);
    other = fit;
    other.running.revision = header.software.revision;
    assert_int_equal(wh_image_fits(&header, &other), WH_IMAGE_FAULT_REVISION);
}

/* The record as docs/store.md has it: it must be read for ever. */
static void test_record(void **state)
{
    static const uint8_t start[56] = {3,    3,    0,    0,    'n', 'e',  'w',  [36] = 0x04, 0x03,
                                      0x02, 0x01, 0x11, 0x22, 0,   0,    0xB1, 0xE6,        0x7F,
                                      0,    0x09, 0,    0,    0,   0xD0, 0xD1, 0xD2,        0xD3};
    struct wh_image_record record = {
        .status = WH_IMAGE_VERIFIED,
        .name_length = 3,
        .name = "new",
        .transfer = 0x01020304,
        .size = 0x2211,
        .software = {.number = 8382129, .revision = 9},
        .activate_at_s = 0x31323334,
    };
    struct wh_image_record decoded = {.transfer = 7};
    uint8_t stored[WH_IMAGE_RECORD_SIZE];
    (void)state;
    for (int i = 0; i < WH_SOFTWARE_DIGEST; i++) {
        record.software.digest[i] = (uint8_t)(0xD0 + i);
    }
    wh_image_record_encode(&record, stored);
    assert_memory_equal(stored, start, sizeof start);
    assert_memory_equal(stored + 52, record.software.digest, WH_SOFTWARE_DIGEST);
    assert_memory_equal(stored + 84, "\x34\x33\x32\x31\0\0\0\0\0\0\0\0", 12);
    assert_int_equal(wh_image_record_decode(&decoded, stored), WH_OK);
    assert_int_equal(decoded.activate_at_s, record.activate_at_s);
    assert_int_equal(decoded.software.revision, 9);
    for (size_t at = 84 + 4; at < sizeof stored; at++) {
        stored[at] = 1;
        assert_int_equal(wh_image_record_decode(&decoded, stored), WH_ERR_CORRUPT);
        stored[at] = 0;
    }
    stored[0] = WH_IMAGE_VERIFYING;
    assert_int_equal(wh_image_record_decode(&decoded, stored), WH_ERR_CORRUPT);
    stored[0] = WH_IMAGE_NOT_INITIATED;
    assert_int_equal(wh_image_record_decode(&decoded, stored), WH_ERR_CORRUPT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_layout),
        cmocka_unit_test(test_every_octet_counts),
        cmocka_unit_test(test_fields_out_of_range),
        cmocka_unit_test(test_fits),
        cmocka_unit_test(test_record),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
