/* Sending and activating an image. Invariant: a transfer that was broken off is gone on with only if the
 * meter has the first block of the very same image; and an image is verified, or activated, only when
 * the meter says so. */
#include "cli/progress.h"
#include "cli/tool_firmware.h"
#include <stdio.h>
#include <stdlib.h>

enum {
    BLOCK_MAX = 1024,
    VERIFY_POLLS = 400,   /* two minutes */
    ACTIVATE_POLLS = 200, /* one */
    PASSES = 4,           /* over the blocks that are missing */
    RETRIES = 3,          /* so many new connections in a row that bring nothing end it */
};

struct sending {
    struct tool_work *work;
    const struct tool_image *image;
    uint32_t block_size;
    struct tool_firmware_sent *sent;
};

static bool send_block(struct sending *sending, uint32_t block, struct tool_failure *failure)
{
    uint8_t octets[BLOCK_MAX + 16];
    struct dlms_writer data = dlms_writer(octets, sizeof octets);
    const size_t offset = (size_t)block * sending->block_size;
    const size_t rest = sending->image->size - offset;
    dlms_put_structure(&data, 2);
    dlms_put_u32(&data, block);
    dlms_put_octet_string(&data, sending->image->octets + offset,
                          rest < sending->block_size ? rest : sending->block_size);
    return tool_firmware_invoke(sending->work, TOOL_FIRMWARE_BLOCK, &data, failure);
}

/* The name of a transfer: "8382001.6", number and revision. */
static bool initiate(struct sending *sending, struct tool_failure *failure)
{
    uint8_t octets[64];
    char name[WH_IMAGE_NAME];
    const struct wh_software *software = &sending->image->header.software;
    struct dlms_writer data = dlms_writer(octets, sizeof octets);
    const int length = snprintf(name, sizeof name, "%lu.%lu", (unsigned long)software->number,
                                (unsigned long)software->revision);
    dlms_put_structure(&data, 2);
    dlms_put_octet_string(&data, name, (size_t)length);
    dlms_put_u32(&data, (uint32_t)sending->image->size);
    return tool_firmware_invoke(sending->work, TOOL_FIRMWARE_INITIATE, &data, failure);
}

enum known {
    UNKNOWN, /* nothing of this image */
    PARTIAL,
    READY, /* verified */
};

/* The meter is in a transfer of this very image: it takes the first block a second time, which says all
 * of the rest, only if it is the same. */
static bool is_partial(struct sending *sending, bool *is_same, struct tool_failure *failure)
{
    uint8_t *there = NULL;
    size_t count;
    *is_same = false;
    if (!tool_firmware_blocks(sending->work, &there, &count, failure)) {
        return false;
    }
    const bool is_like =
        count == sending->sent->count && count > 0 && tool_firmware_has_bit(there, 0);
    free(there);
    if (!is_like) {
        return true;
    }
    *is_same = send_block(sending, 0, failure);
    return *is_same || failure->code == TOOL_REFUSED;
}

/* What the meter has of this image. */
static bool look(struct sending *sending, enum known *known, struct tool_failure *failure)
{
    uint32_t status;
    bool is_same = false;
    if (!tool_firmware_get(sending->work, TOOL_FIRMWARE_STATUS, &status, failure)) {
        return false;
    }
    const bool is_begun = status == WH_IMAGE_INITIATED;
    const bool done = is_begun ? is_partial(sending, &is_same, failure)
                               : tool_firmware_is_ready(sending->work, &sending->image->header,
                                                        &is_same, failure);
    *known = !is_same ? UNKNOWN : is_begun ? PARTIAL : READY;
    return done;
}

/* Sends what is missing once. */
static bool pass(struct sending *sending, struct cli_progress *progress,
                 struct tool_failure *failure)
{
    uint8_t *there = NULL;
    size_t count;
    if (!tool_firmware_blocks(sending->work, &there, &count, failure)) {
        return false;
    }
    bool done = count == sending->sent->count ||
                tool_fail(failure, TOOL_REFUSED, "the meter expects %zu blocks instead of %lu",
                          count, (unsigned long)sending->sent->count);
    for (uint32_t b = 0; done && b < sending->sent->count; b++) {
        cli_progress_show(progress, (double)b / sending->sent->count);
        if (!tool_firmware_has_bit(there, b)) {
            done = send_block(sending, b, failure);
            sending->sent->sent += done;
        }
    }
    free(there);
    return done;
}

static bool send_all(struct sending *sending, struct tool_failure *failure)
{
    struct cli_progress progress;
    uint32_t missing = 0;
    cli_progress_start(&progress, "image");
    bool done = true;
    for (int p = 0; done && p < PASSES && missing < sending->sent->count; p++) {
        done = pass(sending, &progress, failure) &&
               tool_firmware_get(sending->work, TOOL_FIRMWARE_MISSING, &missing, failure);
    }
    cli_progress_end(&progress);
    return done && (missing >= sending->sent->count ||
                    tool_fail(failure, TOOL_REFUSED, "the meter does not keep block %lu",
                              (unsigned long)missing));
}

/* Asks for the verification; what comes of it is in the status. */
static bool verify(struct tool_work *work, struct tool_failure *failure)
{
    uint32_t status = WH_IMAGE_VERIFYING;
    if (!tool_firmware_call(work, TOOL_FIRMWARE_VERIFY, failure) && failure->code != TOOL_REFUSED) {
        return false;
    }
    for (int n = 0; n < VERIFY_POLLS; n++) {
        if (!tool_firmware_get(work, TOOL_FIRMWARE_STATUS, &status, failure)) {
            return false;
        }
        if (status != WH_IMAGE_VERIFYING) {
            break;
        }
        tool_firmware_wait();
    }
    return status == WH_IMAGE_VERIFIED ||
           tool_firmware_fail(work, "the meter refuses the image", failure);
}

/* The meter takes images, and this one is above what runs. What is not told is for the meter to say. */
static bool check_before(struct tool_work *work, const struct tool_image *image,
                         struct tool_failure *failure)
{
    const struct wh_software *software = &image->header.software;
    struct tool_failure ignored;
    uint32_t enabled;
    uint32_t number;
    uint32_t revision;
    if (!tool_firmware_get(work, TOOL_FIRMWARE_ENABLED, &enabled, failure)) {
        return false;
    }
    if (!enabled) {
        return tool_fail(failure, TOOL_REFUSED,
                         "the meter takes no images: it was given no key of the maker");
    }
    if (!tool_firmware_running(work, &number, &revision, &ignored)) {
        return ignored.code != TOOL_NO_ANSWER ||
               tool_fail(failure, ignored.code, "%s", ignored.text);
    }
    return (number == software->number && software->revision > revision) ||
           tool_fail(failure, TOOL_REFUSED,
                     "the meter runs software %lu revision %lu; the image is %lu revision %lu, and "
                     "must be the same with a higher revision",
                     (unsigned long)number, (unsigned long)revision,
                     (unsigned long)software->number, (unsigned long)software->revision);
}

static bool count_blocks(struct sending *sending, struct tool_failure *failure)
{
    if (!tool_firmware_get(sending->work, TOOL_FIRMWARE_BLOCK_SIZE, &sending->block_size,
                           failure)) {
        return false;
    }
    if (sending->block_size == 0 || sending->block_size > BLOCK_MAX) {
        return tool_fail(failure, TOOL_REFUSED, "blocks of %lu octets are not supported",
                         (unsigned long)sending->block_size);
    }
    sending->sent->count =
        (uint32_t)((sending->image->size + sending->block_size - 1) / sending->block_size);
    return true;
}

static bool transfer(struct sending *sending, struct tool_failure *failure)
{
    enum known known;
    if (!check_before(sending->work, sending->image, failure) || !count_blocks(sending, failure) ||
        !look(sending, &known, failure)) {
        return false;
    }
    if (known == READY) {
        tool_note(sending->work, "the meter has this image already, verified");
        return true;
    }
    if (known == PARTIAL) {
        tool_note(sending->work, "the meter has a part of this image: going on from there");
    }
    return (known == PARTIAL || initiate(sending, failure)) && send_all(sending, failure) &&
           verify(sending->work, failure);
}

static bool connect_again(const struct sending *sending, unsigned attempt,
                          struct tool_failure *failure)
{
    tool_note(sending->work, "%s; connecting again (%lu blocks so far)", failure->text,
              (unsigned long)sending->sent->sent);
    for (unsigned a = 0; a < attempt; a++) {
        tool_firmware_wait();
    }
    return tool_meter_reopen(&sending->work->meter, failure);
}

/* The status, over a new connection if the line broke. False: not now, *failure says whether ever. */
static bool ask_again(struct tool_work *work, uint32_t *status, struct tool_failure *failure)
{
    if (work->meter.session == NULL && !tool_meter_reopen(&work->meter, failure)) {
        return false;
    }
    if (!tool_firmware_get(work, TOOL_FIRMWARE_STATUS, status, failure)) {
        tool_meter_close(&work->meter);
        return false;
    }
    return true;
}

/* The line breaks when the meter starts again; that is no failure. */
static bool await_restart(struct tool_work *work, struct tool_failure *failure)
{
    uint32_t status = WH_IMAGE_ACTIVATING;
    for (int n = 0; n < ACTIVATE_POLLS; n++) {
        if (!ask_again(work, &status, failure) && failure->code != TOOL_NO_ANSWER) {
            return false;
        }
        if (status != WH_IMAGE_ACTIVATING) {
            return status == WH_IMAGE_ACTIVATED ||
                   tool_firmware_fail(work, "the image was not activated", failure);
        }
        tool_firmware_wait();
    }
    return tool_fail(failure, TOOL_NO_ANSWER,
                     "the activation was begun, and the meter does not say that it is done; see "
                     "watthour firmware ENDPOINT status");
}

bool tool_firmware_send(struct tool_work *work, const struct tool_image *image,
                        struct tool_firmware_sent *sent, struct tool_failure *failure)
{
    struct sending sending = {.work = work, .image = image, .sent = sent};
    uint32_t before = 0;
    unsigned attempts = 0;
    *sent = (struct tool_firmware_sent){.sent = 0};
    bool done = transfer(&sending, failure);
    while (!done && failure->code == TOOL_NO_ANSWER) {
        attempts = sent->sent > before ? 1 : attempts + 1;
        before = sent->sent;
        if (attempts > RETRIES) {
            const struct tool_failure why = *failure;
            return tool_fail(failure, TOOL_NO_ANSWER,
                             "after %lu blocks: %.300s; the same command goes on from there",
                             (unsigned long)sent->sent, why.text);
        }
        done = connect_again(&sending, attempts, failure) && transfer(&sending, failure);
    }
    return done;
}

bool tool_firmware_activate(struct tool_work *work, struct tool_failure *failure)
{
    if (!tool_firmware_call(work, TOOL_FIRMWARE_ACTIVATE, failure)) {
        tool_fail_unsure(failure, "may have been activated");
        return false;
    }
    return await_restart(work, failure);
}
