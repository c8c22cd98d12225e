/* Feeds any octets to what a client may write of pushes: the first tells which attribute of which
 * object, the rest is its value. Property: what is accepted is read back, and accepted again without
 * changing anything. */
#include "app/push_record.h"
#include "cosem/modern_objects.h"
#include "meter/meter.h"
#include "ports/linux/board_memory.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct board_memory memory;
static struct wh_meter meter;
static struct wh_cosem_face face;
static struct wh_modern modern;

static void require(bool condition)
{
    if (!condition) {
        abort();
    }
}

static void make_meter(void)
{
    const struct wh_order order = {
        .variant = wh_variant_find("382M"), .serial_number = 1, .meter_number = 2};
    struct wh_meter_start_report report;
    require(board_memory_open(&memory) == WH_OK);
    require(wh_meter_manufacture(&memory.board, &order, NULL) == WH_OK);
    require(wh_meter_start(&meter, &memory.board, &report) == WH_OK);
    require(wh_cosem_face_init(&face, &meter.application, &meter.legal, "12345") == WH_OK);
    face.modern = &modern; /* objects of the profile are there; nobody speaks it here */
    face.associations[WH_COSEM_ASSOCIATIONS + WH_MODERN_READING].groups = WH_COSEM_GROUP_MODERN;
}

/* Attributes 2 … 7 of either setup, and the times of the schedule. */
enum { FIRST = 2, ATTRIBUTES = 6, CHOICES = 2 * ATTRIBUTES + 1, TIMES = 4 };

static enum dlms_result write(unsigned choice, struct dlms_span value)
{
    struct dlms_reader reader = dlms_reader(value.data, value.length);
    const bool is_schedule = choice == CHOICES - 1;
    const struct wh_cosem_write write = {
        .index = choice / ATTRIBUTES,
        .attribute = (int8_t)(is_schedule ? TIMES : FIRST + (int)(choice % ATTRIBUTES)),
        .value = dlms_read_value(&reader),
        .data = value,
    };
    return is_schedule ? wh_modern_schedule_write(&face, &write)
                       : wh_modern_push_write(&face, &write);
}

static size_t read(unsigned choice, uint8_t *bytes, size_t size)
{
    const bool is_schedule = choice == CHOICES - 1;
    const struct wh_cosem_read read = {
        .index = choice / ATTRIBUTES,
        .attribute = (int8_t)(is_schedule ? TIMES : FIRST + (int)(choice % ATTRIBUTES)),
    };
    struct dlms_writer out = dlms_writer(bytes, size);
    require((is_schedule ? wh_modern_schedule_read(&face, &read, &out)
                         : wh_modern_push_read(&face, &read, &out)) == DLMS_RESULT_SUCCESS);
    require(!dlms_writer_overflowed(&out));
    return out.total;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t bytes[512];
    uint8_t before[WH_PUSH_RECORD_SIZE];
    uint8_t after[WH_PUSH_RECORD_SIZE];
    if (meter.variant == NULL) {
        make_meter();
    }
    if (size == 0) {
        return 0;
    }
    const unsigned choice = data[0] % CHOICES;
    wh_push_record_encode(&meter.application.push, before);
    const enum dlms_result result = write(choice, (struct dlms_span){data + 1, size - 1});
    wh_push_record_encode(&meter.application.push, after);
    if (result != DLMS_RESULT_SUCCESS) {
        require(memcmp(before, after, sizeof before) == 0);
        return 0;
    }
    require(wh_push_check(&meter.application.push) == WH_OK);
    const size_t length = read(choice, bytes, sizeof bytes);
    require(write(choice, (struct dlms_span){bytes, length}) == DLMS_RESULT_SUCCESS);
    wh_push_record_encode(&meter.application.push, before);
    require(memcmp(before, after, sizeof before) == 0);
    return 0;
}
