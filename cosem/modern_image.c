/* Image transfer (class 18), its script (class 9), the time of its activation (class 22), and what
 * software runs. Invariant: everything goes through app/image.h; nothing is kept here. */
#include "cosem/change.h"
#include "cosem/modern_objects.h"
#include "cosem/moment.h"
#include <string.h>

enum {
    BLOCK_SIZE = 2, /* class 18 */
    TRANSFERRED_BLOCKS = 3,
    FIRST_NOT_TRANSFERRED = 4,
    TRANSFER_ENABLED = 5,
    TRANSFER_STATUS = 6,
    INITIATE = 1,
    BLOCK_TRANSFER = 2,
    VERIFY = 3,
    ACTIVATE = 4,
    IMAGE_TRANSFER = 18,
    EXECUTED_SCRIPT = 2, /* class 22 */
    SCHEDULE_TYPE = 3,
    TYPE_ONE_TIME = 1,
    SCRIPT_ACTIVATE = 1,
    SERVICE_INVOKE = 2,
    TIME_SIZE = 4,
    DATE_SIZE = 5,
};

static const uint8_t image_transfer[6] = {0, 0, 44, 0, 0, 255};
static const uint8_t image_scripts[6] = {0, 0, 10, 0, 107, 255};

static struct wh_image *image_of(struct wh_cosem_face *face)
{
    return &face->application->image;
}

/* A client tries again what is temporary: so that is only what goes on by itself. */
static enum dlms_result result_of(enum wh_err err)
{
    if (err == WH_ERR_BUSY) {
        return DLMS_RESULT_TEMPORARY_FAILURE;
    }
    return err == WH_ERR_STATE ? DLMS_RESULT_OTHER_REASON : wh_cosem_result(err);
}

/* ---- Image transfer ---- */

/* The image that is ready, or none. */
static enum dlms_result put_ready(const struct wh_image *image, struct dlms_writer *out)
{
    uint8_t signature[WH_IMAGE_SIGNATURE];
    const struct wh_image_record *record = &image->record;
    const bool is_ready = image->status == WH_IMAGE_VERIFIED ||
                          image->status == WH_IMAGE_ACTIVATING ||
                          image->status == WH_IMAGE_NOT_ACTIVATED;
    dlms_put_array(out, is_ready ? 1 : 0);
    if (!is_ready) {
        return DLMS_RESULT_SUCCESS;
    }
    if (wh_image_slot_read(&image->slot, WH_IMAGE_SIGNED, signature, sizeof signature) != WH_OK) {
        return DLMS_RESULT_HARDWARE_FAULT;
    }
    dlms_put_structure(out, 3);
    dlms_put_u32(out, record->size);
    dlms_put_octet_string(out, record->name, record->name_length);
    dlms_put_octet_string(out, signature, sizeof signature);
    return DLMS_RESULT_SUCCESS;
}

enum dlms_result wh_modern_image_read(struct wh_cosem_face *face, const struct wh_cosem_read *read,
                                      struct dlms_writer *out)
{
    const struct wh_image *image = image_of(face);
    switch (read->attribute) {
    case BLOCK_SIZE:
        dlms_put_u32(out, WH_IMAGE_BLOCK);
        break;
    case TRANSFERRED_BLOCKS:
        dlms_put_bit_string(out, image->slot.there, wh_image_slot_blocks(&image->slot));
        break;
    case FIRST_NOT_TRANSFERRED:
        dlms_put_u32(out, wh_image_slot_missing(&image->slot));
        break;
    case TRANSFER_ENABLED:
        dlms_put_bool(out, image->board->public_key != NULL);
        break;
    case TRANSFER_STATUS:
        dlms_put_enum(out, (uint8_t)image->status);
        break;
    default:
        return put_ready(image, out);
    }
    return DLMS_RESULT_SUCCESS;
}

/* The structure of an octet-string and a number, in either order. */
static bool get_pair(const struct wh_cosem_invoke *invoke, bool octets_first,
                     struct dlms_span *octets, uint32_t *number)
{
    struct dlms_reader reader = dlms_reader(invoke->parameters.data, invoke->parameters.length);
    const struct dlms_value head = dlms_read_value(&reader);
    const struct dlms_value first = dlms_read_value(&reader);
    const struct dlms_value second = dlms_read_value(&reader);
    const struct dlms_value *string = octets_first ? &first : &second;
    const struct dlms_value *count = octets_first ? &second : &first;
    *octets = string->bytes;
    *number = (uint32_t)count->integer;
    return dlms_reader_done(&reader) && head.tag == DLMS_TAG_STRUCTURE && head.count == 2 &&
           string->tag == DLMS_TAG_OCTET_STRING && count->tag == DLMS_TAG_U32;
}

enum dlms_result wh_modern_image_invoke(struct wh_cosem_face *face,
                                        const struct wh_cosem_invoke *invoke)
{
    struct wh_image *image = image_of(face);
    struct dlms_span octets;
    uint32_t number;
    const bool has_pair = invoke->method == INITIATE || invoke->method == BLOCK_TRANSFER;
    if (has_pair && !get_pair(invoke, invoke->method == INITIATE, &octets, &number)) {
        return DLMS_RESULT_TYPE_UNMATCHED;
    }
    switch (invoke->method) {
    case INITIATE:
        return result_of(wh_image_initiate(image, octets.data, octets.length, number));
    case BLOCK_TRANSFER:
        return result_of(wh_image_put(image, number, octets.data, octets.length));
    case VERIFY:
        return result_of(wh_image_verify(image));
    default:
        return result_of(wh_image_activate(image));
    }
}

/* ---- Script ---- */

enum dlms_result wh_modern_image_scripts_read(struct wh_cosem_face *face,
                                              const struct wh_cosem_read *read,
                                              struct dlms_writer *out)
{
    (void)face;
    (void)read;
    dlms_put_array(out, 1);
    dlms_put_structure(out, 2);
    dlms_put_u16(out, SCRIPT_ACTIVATE);
    dlms_put_array(out, 1);
    dlms_put_structure(out, 5);
    dlms_put_enum(out, SERVICE_INVOKE);
    dlms_put_u16(out, IMAGE_TRANSFER);
    dlms_put_octet_string(out, image_transfer, sizeof image_transfer);
    dlms_put_i8(out, ACTIVATE);
    dlms_put_i8(out, 0);
    return DLMS_RESULT_SUCCESS;
}

enum dlms_result wh_modern_image_scripts_invoke(struct wh_cosem_face *face,
                                                const struct wh_cosem_invoke *invoke)
{
    struct dlms_reader reader = dlms_reader(invoke->parameters.data, invoke->parameters.length);
    const struct dlms_value number = dlms_read_value(&reader);
    if (number.tag != DLMS_TAG_U16) {
        return DLMS_RESULT_TYPE_UNMATCHED;
    }
    return number.integer == SCRIPT_ACTIVATE ? result_of(wh_image_activate(image_of(face)))
                                             : DLMS_RESULT_OTHER_REASON;
}

/* ---- Schedule: local time, as the clock shows it ---- */

static void put_moment(const struct wh_clock *clock, uint32_t utc_s, struct dlms_writer *out)
{
    const struct wh_datetime at = wh_clock_local_of(clock, utc_s, NULL);
    const uint8_t time[TIME_SIZE] = {at.hour, at.minute, at.second};
    const uint8_t date[DATE_SIZE] = {(uint8_t)(at.year >> 8), (uint8_t)at.year, at.month, at.day,
                                     DLMS_UNSPECIFIED};
    dlms_put_structure(out, 2);
    dlms_put_octet_string(out, time, sizeof time);
    dlms_put_octet_string(out, date, sizeof date);
}

enum dlms_result wh_modern_image_schedule_read(struct wh_cosem_face *face,
                                               const struct wh_cosem_read *read,
                                               struct dlms_writer *out)
{
    const uint32_t at_s = image_of(face)->record.activate_at_s;
    switch (read->attribute) {
    case EXECUTED_SCRIPT:
        dlms_put_structure(out, 2);
        dlms_put_octet_string(out, image_scripts, sizeof image_scripts);
        dlms_put_u16(out, SCRIPT_ACTIVATE);
        break;
    case SCHEDULE_TYPE:
        dlms_put_enum(out, TYPE_ONE_TIME);
        break;
    default:
        dlms_put_array(out, at_s != 0 ? 1 : 0);
        if (at_s != 0) {
            put_moment(&face->application->clock, at_s, out);
        }
    }
    return DLMS_RESULT_SUCCESS;
}

static bool get_octets(struct dlms_reader *reader, uint8_t *to, size_t size)
{
    const struct dlms_value value = dlms_read_value(reader);
    const bool fits = value.tag == DLMS_TAG_OCTET_STRING && value.bytes.length == size;
    if (fits) {
        memcpy(to, value.bytes.data, size);
    }
    return fits;
}

static bool get_moment(struct dlms_reader *reader, struct wh_datetime *at)
{
    uint8_t time[TIME_SIZE];
    uint8_t date[DATE_SIZE];
    const struct dlms_value head = dlms_read_value(reader);
    if (head.tag != DLMS_TAG_STRUCTURE || head.count != 2 ||
        !get_octets(reader, time, sizeof time) || !get_octets(reader, date, sizeof date)) {
        return false;
    }
    *at = (struct wh_datetime){
        .year = (uint16_t)(date[0] << 8 | date[1]),
        .month = date[2],
        .day = date[3],
        .weekday = date[4] == DLMS_UNSPECIFIED ? 0 : date[4],
        .hour = time[0],
        .minute = time[1],
        .second = time[2],
    };
    return time[3] == 0 || time[3] == DLMS_UNSPECIFIED;
}

/* Of the hour that comes twice it is the second. WH_ERR_ARGUMENT if there is no such moment, or it
 * has passed. */
static enum wh_err utc_of(const struct wh_clock *clock, const struct wh_datetime *at,
                          uint32_t *utc_s)
{
    bool is_summer;
    enum wh_err err = wh_clock_utc_of_local(clock, at, false, utc_s);
    if (err == WH_OK) {
        (void)wh_clock_local_of(clock, *utc_s, &is_summer);
        err = is_summer ? wh_clock_utc_of_local(clock, at, true, utc_s) : WH_OK;
    }
    const bool has_passed = err == WH_OK && clock->valid && *utc_s <= clock->utc_s;
    return has_passed || *utc_s == 0 ? WH_ERR_ARGUMENT : err;
}

enum dlms_result wh_modern_image_schedule_write(struct wh_cosem_face *face,
                                                const struct wh_cosem_write *write)
{
    struct dlms_reader reader = dlms_reader(write->data.data, write->data.length);
    const struct dlms_value head = dlms_read_value(&reader);
    struct wh_datetime at;
    uint32_t utc_s = 0;
    if (head.tag != DLMS_TAG_ARRAY) {
        return DLMS_RESULT_TYPE_UNMATCHED;
    }
    if (head.count > 1) {
        return DLMS_RESULT_OTHER_REASON;
    }
    if (head.count == 1 && !get_moment(&reader, &at)) {
        return DLMS_RESULT_TYPE_UNMATCHED;
    }
    const enum wh_err err =
        head.count == 1 ? utc_of(&face->application->clock, &at, &utc_s) : WH_OK;
    return result_of(err != WH_OK ? err : wh_image_schedule(image_of(face), utc_s));
}

/* ---- The software that runs ---- */

enum { NUMBER, REVISION, DIGEST }; /* indices of its rows; then why an image was refused */

enum dlms_result wh_modern_software_read(struct wh_cosem_face *face,
                                         const struct wh_cosem_read *read, struct dlms_writer *out)
{
    const struct wh_software software = wh_application_software(face->application);
    if (read->index == NUMBER) {
        dlms_put_u32(out, software.number);
    } else if (read->index == REVISION) {
        dlms_put_u32(out, software.revision);
    } else if (read->index == DIGEST) {
        dlms_put_octet_string(out, software.digest, sizeof software.digest);
    } else {
        dlms_put_enum(out, (uint8_t)image_of(face)->fault);
    }
    return DLMS_RESULT_SUCCESS;
}
