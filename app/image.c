/* Image transfer. Invariant: what is handed to the boot loader was verified, header and body, since
 * the activation was asked for; and a state that a client has been told is stored. */
#include "app/image.h"
#include "legal/interface.h"
#include <string.h>

enum {
    STATES_ID = 101,
    STATES_VERSION = 1,
    SLICE = 16384, /* octets hashed at a time … */
    CHUNK = 256,   /* … and read at a time */
};

const char *wh_image_fault_text(enum wh_image_fault fault)
{
    static const char *const texts[WH_IMAGE_FAULTS] = {
        [WH_IMAGE_FAULT_NONE] = "nothing",
        [WH_IMAGE_FAULT_MEMORY] = "the memory failed",
        [WH_IMAGE_FAULT_HEADER] = "is no image, or not as long as it says",
        [WH_IMAGE_FAULT_SIGNATURE] = "is not signed by the maker",
        [WH_IMAGE_FAULT_MODEL] = "is for another model, hardware or program",
        [WH_IMAGE_FAULT_LEGAL] = "was made with another legally relevant part",
        [WH_IMAGE_FAULT_REVISION] = "is not newer than what runs",
        [WH_IMAGE_FAULT_BODY] = "is damaged",
        [WH_IMAGE_FAULT_STATE] = "no image was verified when its time came",
        [WH_IMAGE_FAULT_LOADER] = "the boot loader did not take it",
    };
    return fault < WH_IMAGE_FAULTS ? texts[fault] : "unknown";
}

/* ---- Does it fit ---- */

static bool is_checksum(const uint8_t checksum[WH_SOFTWARE_DIGEST], const char *hex)
{
    static const char digits[] = "0123456789abcdef";
    bool is_equal = true;
    for (int i = 0; i < WH_SOFTWARE_DIGEST; i++) {
        is_equal = is_equal && hex[2 * i] == digits[checksum[i] >> 4] &&
                   hex[2 * i + 1] == digits[checksum[i] & 15];
    }
    return is_equal;
}

enum wh_image_fault wh_image_fits(const struct wh_image_header *header,
                                  const struct wh_image_fit *fit)
{
    if (strncmp(header->model, fit->model, sizeof header->model) != 0 ||
        header->hardware != fit->hardware || header->software.number != fit->running.number) {
        return WH_IMAGE_FAULT_MODEL;
    }
    if (strncmp(header->legal_version, fit->legal_version, sizeof header->legal_version) != 0 ||
        !is_checksum(header->legal_checksum, fit->legal_checksum_hex)) {
        return WH_IMAGE_FAULT_LEGAL;
    }
    return header->software.revision > fit->running.revision ? WH_IMAGE_FAULT_NONE
                                                             : WH_IMAGE_FAULT_REVISION;
}

static enum wh_image_fault fits(const struct wh_image *image)
{
    const struct wh_software_id legal = wh_legal_software_id();
    const struct wh_image_fit fit = {
        .model = image->model,
        .hardware = image->board->hardware,
        .running = image->board->running,
        .legal_version = legal.version,
        .legal_checksum_hex = legal.checksum_hex,
    };
    return wh_image_fits(&image->header, &fit);
}

/* ---- States ---- */

/* The next state into the log; it is in force when it is there. */
static enum wh_err enter(struct wh_image *image, const struct wh_image_record *next)
{
    uint8_t stored[WH_IMAGE_RECORD_SIZE];
    wh_image_record_encode(next, stored);
    const enum wh_err err = wh_log_append(&image->states, STATES_VERSION, 0, stored);
    if (err == WH_OK) {
        image->record = *next;
        image->status = next->status;
    }
    return err;
}

/* An activation that is stored has used up its time; until then an outage leaves it. */
static enum wh_err enter_status(struct wh_image *image, enum wh_image_status status)
{
    struct wh_image_record next = image->record;
    next.status = status;
    if (status == WH_IMAGE_ACTIVATING || status == WH_IMAGE_NOT_ACTIVATED) {
        next.activate_at_s = 0;
    }
    return enter(image, &next);
}

/* The newest record that decodes; none is a meter that never had a transfer. */
static enum wh_err read_record(struct wh_image *image)
{
    struct wh_log_range range;
    uint8_t stored[WH_IMAGE_RECORD_SIZE];
    enum wh_err err = wh_log_range_begin_entries(&image->states, UINT32_MAX, 0, &range);
    while (err == WH_OK) {
        err = wh_log_range_next(&range, stored, NULL);
        if (err == WH_OK) {
            (void)wh_image_record_decode(&image->record, stored);
        }
    }
    if (image->record.size > image->board->size_max) {
        image->record = (struct wh_image_record){.transfer = image->record.transfer};
    }
    image->status = image->record.status;
    return err == WH_ERR_NOT_FOUND ? WH_OK : err;
}

/* What the boot loader made of an image that was handed over. */
static enum wh_image_event look_back(struct wh_image *image)
{
    const struct wh_software *running = &image->board->running;
    const struct wh_software *next = &image->record.software;
    if (image->record.status != WH_IMAGE_ACTIVATING) {
        return WH_IMAGE_EVENT_NONE;
    }
    const bool runs = running->number == next->number && running->revision == next->revision;
    image->fault = runs ? WH_IMAGE_FAULT_NONE : WH_IMAGE_FAULT_LOADER;
    const enum wh_err err = enter_status(image, runs ? WH_IMAGE_ACTIVATED : WH_IMAGE_NOT_ACTIVATED);
    image->status = runs ? WH_IMAGE_ACTIVATED : WH_IMAGE_NOT_ACTIVATED;
    if (err != WH_OK) {
        return WH_IMAGE_EVENT_NONE; /* told once, when it can be stored */
    }
    return runs ? WH_IMAGE_EVENT_ACTIVATED : WH_IMAGE_EVENT_NOT_ACTIVATED;
}

static enum wh_err mount(struct wh_image *image)
{
    struct wh_log_report found;
    const struct wh_image_board *board = image->board;
    enum wh_err err = wh_log_mount(&image->states, board->flash, &image->design, &found);
    if (err == WH_OK) {
        err = read_record(image);
    }
    return err == WH_OK ? wh_image_slot_mount(&image->slot, board, image->record.transfer,
                                              image->record.size)
                        : err;
}

enum wh_err wh_image_mount(struct wh_image *image, const struct wh_image_board *board,
                           const char *model, enum wh_image_event *event)
{
    *event = WH_IMAGE_EVENT_NONE;
    *image = (struct wh_image){
        .board = board,
        .model = model,
        .design = {.id = STATES_ID,
                   .payload_size = WH_IMAGE_RECORD_SIZE,
                   .sector_count = WH_IMAGE_LOG_SECTORS,
                   .first_sector = board->first_sector},
    };
    const enum wh_err err = mount(image);
    if (err != WH_OK) {
        image->board = NULL;
        return err;
    }
    *event = look_back(image);
    return WH_OK;
}

/* ---- Transfer ---- */

enum wh_err wh_image_initiate(struct wh_image *image, const uint8_t *name, size_t name_length,
                              uint32_t size)
{
    if (image->board->public_key == NULL) {
        return WH_ERR_SEALED;
    }
    if (image->status == WH_IMAGE_ACTIVATING) {
        return WH_ERR_BUSY;
    }
    if (name_length < 1 || name_length > WH_IMAGE_NAME || size <= WH_IMAGE_HEADER ||
        size > image->board->size_max) {
        return WH_ERR_ARGUMENT;
    }
    const uint32_t last =
        image->record.transfer > image->slot.highest ? image->record.transfer : image->slot.highest;
    struct wh_image_record next = {
        .status = WH_IMAGE_INITIATED,
        .name_length = (uint8_t)name_length,
        .transfer = last + 1,
        .size = size,
        .activate_at_s = image->record.activate_at_s,
    };
    memcpy(next.name, name, name_length);
    const enum wh_err err = enter(image, &next);
    if (err == WH_OK) {
        image->work = WH_IMAGE_IDLE;
        image->fault = WH_IMAGE_FAULT_NONE;
        wh_image_slot_begin(&image->slot, next.transfer, size);
    }
    return err;
}

enum wh_err wh_image_put(struct wh_image *image, uint32_t block, const uint8_t *data, size_t length)
{
    if (image->board->public_key == NULL) {
        return WH_ERR_SEALED;
    }
    return image->status == WH_IMAGE_INITIATED
               ? wh_image_slot_put(&image->slot, block, data, length)
               : WH_ERR_STATE;
}

enum wh_err wh_image_verify(struct wh_image *image)
{
    switch (image->status) {
    case WH_IMAGE_INITIATED:
        if (image->board->public_key == NULL) {
            return WH_ERR_SEALED;
        }
        if (wh_image_slot_missing(&image->slot) < wh_image_slot_blocks(&image->slot)) {
            return WH_ERR_NOT_FOUND;
        }
        image->status = WH_IMAGE_VERIFYING;
        image->work = WH_IMAGE_AT_HEADER;
        return WH_ERR_BUSY;
    case WH_IMAGE_VERIFYING:
        return WH_ERR_BUSY;
    case WH_IMAGE_VERIFIED:
        return WH_OK;
    case WH_IMAGE_REFUSED:
        return WH_ERR_CORRUPT;
    default:
        return WH_ERR_STATE;
    }
}

enum wh_err wh_image_activate(struct wh_image *image)
{
    if (image->status == WH_IMAGE_ACTIVATING) {
        return WH_ERR_BUSY;
    }
    const bool may = image->status == WH_IMAGE_VERIFIED || image->status == WH_IMAGE_NOT_ACTIVATED;
    if (!may || image->board->public_key == NULL) {
        return WH_ERR_STATE;
    }
    image->status = WH_IMAGE_ACTIVATING;
    image->work = WH_IMAGE_AT_HEADER;
    return WH_OK;
}

enum wh_err wh_image_schedule(struct wh_image *image, uint32_t utc_s)
{
    const enum wh_image_status status = image->status;
    struct wh_image_record next = image->record;
    next.activate_at_s = utc_s;
    const enum wh_err err = enter(image, &next);
    image->status = status; /* of work that goes on */
    return err;
}

enum wh_image_event wh_image_clock(struct wh_image *image, uint32_t utc_s)
{
    const uint32_t at_s = image->record.activate_at_s;
    if (at_s == 0 || utc_s < at_s || image->status == WH_IMAGE_ACTIVATING ||
        wh_image_activate(image) == WH_OK || wh_image_schedule(image, 0) != WH_OK) {
        return WH_IMAGE_EVENT_NONE;
    }
    image->fault = WH_IMAGE_FAULT_STATE;
    return WH_IMAGE_EVENT_NOT_ACTIVATED;
}

/* ---- Verification ---- */

static enum wh_image_fault read_header(struct wh_image *image)
{
    uint8_t bytes[WH_IMAGE_HEADER];
    const struct wh_image_board *board = image->board;
    const struct wh_image_crypto *crypto = board->crypto;
    if (wh_image_slot_read(&image->slot, 0, bytes, sizeof bytes) != WH_OK) {
        return WH_IMAGE_FAULT_MEMORY;
    }
    if (wh_image_header_decode(&image->header, bytes) != WH_OK ||
        image->header.body_length != image->slot.size - WH_IMAGE_HEADER) {
        return WH_IMAGE_FAULT_HEADER;
    }
    if (!crypto->verify(crypto->context, board->public_key, bytes, WH_IMAGE_SIGNED,
                        image->header.signature)) {
        return WH_IMAGE_FAULT_SIGNATURE;
    }
    image->hashed = 0;
    image->work = WH_IMAGE_AT_BODY;
    return crypto->begin(crypto->context) ? fits(image) : WH_IMAGE_FAULT_MEMORY;
}

static enum wh_image_fault hash_slice(struct wh_image *image)
{
    uint8_t chunk[CHUNK];
    const struct wh_image_crypto *crypto = image->board->crypto;
    const uint32_t rest = image->header.body_length - image->hashed;
    const uint32_t end = image->hashed + (rest < SLICE ? rest : SLICE);
    while (image->hashed < end) {
        const uint32_t part = end - image->hashed < CHUNK ? end - image->hashed : CHUNK;
        if (wh_image_slot_read(&image->slot, WH_IMAGE_HEADER + image->hashed, chunk, part) !=
                WH_OK ||
            !crypto->add(crypto->context, chunk, part)) {
            return WH_IMAGE_FAULT_MEMORY;
        }
        image->hashed += part;
    }
    return WH_IMAGE_FAULT_NONE;
}

static enum wh_image_fault compare_digest(struct wh_image *image)
{
    uint8_t digest[WH_SOFTWARE_DIGEST];
    const struct wh_image_crypto *crypto = image->board->crypto;
    image->work = WH_IMAGE_IDLE;
    if (!crypto->end(crypto->context, digest)) {
        return WH_IMAGE_FAULT_MEMORY;
    }
    return memcmp(digest, image->header.software.digest, sizeof digest) == 0 ? WH_IMAGE_FAULT_NONE
                                                                             : WH_IMAGE_FAULT_BODY;
}

/* A memory that failed says nothing of the image: it can be verified again. */
static enum wh_image_event refuse(struct wh_image *image, enum wh_image_fault fault)
{
    const bool activating = image->status == WH_IMAGE_ACTIVATING;
    const enum wh_image_status status = activating                       ? WH_IMAGE_NOT_ACTIVATED
                                        : fault == WH_IMAGE_FAULT_MEMORY ? WH_IMAGE_INITIATED
                                                                         : WH_IMAGE_REFUSED;
    image->fault = fault;
    image->work = WH_IMAGE_IDLE;
    (void)enter_status(image, status);
    image->status = status; /* even if it is only known until the next power-up */
    image->record.activate_at_s = activating ? 0 : image->record.activate_at_s;
    return activating ? WH_IMAGE_EVENT_NOT_ACTIVATED : WH_IMAGE_EVENT_REFUSED;
}

static enum wh_image_event accept(struct wh_image *image)
{
    struct wh_image_record next = image->record;
    next.status = WH_IMAGE_VERIFIED;
    next.software = image->header.software;
    return enter(image, &next) == WH_OK ? WH_IMAGE_EVENT_VERIFIED
                                        : refuse(image, WH_IMAGE_FAULT_MEMORY);
}

/* Stored first: after the restart the meter knows that it was to run this image. */
static enum wh_image_event hand_over(struct wh_image *image)
{
    const struct wh_image_board *board = image->board;
    if (enter_status(image, WH_IMAGE_ACTIVATING) != WH_OK) {
        return refuse(image, WH_IMAGE_FAULT_MEMORY);
    }
    return board->activate(board->context, &image->record.software)
               ? WH_IMAGE_EVENT_NONE
               : refuse(image, WH_IMAGE_FAULT_LOADER);
}

enum wh_image_event wh_image_run(struct wh_image *image)
{
    enum wh_image_fault fault;
    if (image->work == WH_IMAGE_IDLE) {
        return WH_IMAGE_EVENT_NONE;
    }
    fault = image->work == WH_IMAGE_AT_HEADER ? read_header(image) : hash_slice(image);
    const bool is_done = image->hashed == image->header.body_length;
    if (fault == WH_IMAGE_FAULT_NONE && is_done) {
        fault = compare_digest(image);
    }
    if (fault != WH_IMAGE_FAULT_NONE) {
        return refuse(image, fault);
    }
    if (!is_done) {
        return WH_IMAGE_EVENT_NONE;
    }
    return image->status == WH_IMAGE_ACTIVATING ? hand_over(image) : accept(image);
}
