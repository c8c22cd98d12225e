/* Transfer, verification and activation of a software image (6-2, class 18; docs/firmware.md).
 *
 *     initiate ─▶ blocks, in any order ─▶ verify ─▶ activate, at once or at a time ─▶ restart
 *
 * The image goes to the board's memory (image_slot.h), what has become of it to a log beside it: a
 * power cut at any moment leaves the transfer where it was, or its last sector missing.
 *
 * Verified is an image when it is the maker's (signature), complete (SHA-256) and for this meter:
 * model, hardware, software number, the very legally relevant part that runs (WELMEC 7.2: that part
 * is under the verification seal and is never loaded), and a revision above the running one, so that
 * a fault that was mended does not come back with an old image. All of it is looked at once more at
 * the activation; nothing that was not is handed over.
 *
 * Verifying is done in slices (wh_image_run), since a meter has to measure meanwhile.
 */
#ifndef WH_APP_IMAGE_H
#define WH_APP_IMAGE_H

#include "app/image_board.h"
#include "app/image_record.h"
#include "app/image_slot.h"

/* Why an image was refused or not activated. Numbers are stored in events: only append. */
enum wh_image_fault {
    WH_IMAGE_FAULT_NONE,
    WH_IMAGE_FAULT_MEMORY,    /* or the algorithms: it could not be looked at */
    WH_IMAGE_FAULT_HEADER,    /* is no image, or of a format or length that is not known */
    WH_IMAGE_FAULT_SIGNATURE, /* is not the maker's */
    WH_IMAGE_FAULT_MODEL,     /* for another model, hardware or software number */
    WH_IMAGE_FAULT_LEGAL,     /* made with another legally relevant part */
    WH_IMAGE_FAULT_REVISION,  /* not above the running revision */
    WH_IMAGE_FAULT_BODY,      /* damaged */
    WH_IMAGE_FAULT_STATE,     /* its time came, and no image was verified */
    WH_IMAGE_FAULT_LOADER,    /* the boot loader did not take it */
    WH_IMAGE_FAULTS,
};

/* In a few words; never NULL. */
const char *wh_image_fault_text(enum wh_image_fault fault);

/* Checks an image's header against the meter: NONE, MODEL, LEGAL or REVISION. */
struct wh_image_fit {
    const char *model;
    uint32_t hardware;
    struct wh_software running;
    const char *legal_version;
    const char *legal_checksum_hex; /* 64 digits */
};
enum wh_image_fault wh_image_fits(const struct wh_image_header *header,
                                  const struct wh_image_fit *fit);

/* What has happened, to be logged. */
enum wh_image_event {
    WH_IMAGE_EVENT_NONE,
    WH_IMAGE_EVENT_VERIFIED,
    WH_IMAGE_EVENT_REFUSED,   /* fault says why */
    WH_IMAGE_EVENT_ACTIVATED, /* found at power-up: it runs */
    WH_IMAGE_EVENT_NOT_ACTIVATED,
};

/* All zero: there is no image transfer. For reading; board NULL: not mounted. */
struct wh_image {
    const struct wh_image_board *board;
    const char *model;
    struct wh_log_design design;
    struct wh_log states;
    struct wh_image_slot slot;
    struct wh_image_record record;
    enum wh_image_status status; /* the record's, or VERIFYING, ACTIVATING while at work */
    enum wh_image_work { WH_IMAGE_IDLE, WH_IMAGE_AT_HEADER, WH_IMAGE_AT_BODY } work;
    struct wh_image_header header; /* of the image that is looked at */
    uint32_t hashed;               /* octets of its body */
    enum wh_image_fault fault;     /* why the image was refused, or not activated */
};

/* Power-up. model and board are borrowed for good. *event tells what became of an activation.
 * On an error image->board is NULL: as wh_image_slot_mount. */
enum wh_err wh_image_mount(struct wh_image *image, const struct wh_image_board *board,
                           const char *model, enum wh_image_event *event);

/* Begins a transfer; one under way is dropped.
 *   WH_ERR_SEALED    the board has no key of the maker
 *   WH_ERR_BUSY      an activation is under way
 *   WH_ERR_ARGUMENT  name of 1 … WH_IMAGE_NAME octets; size above a header's, at most the board's
 *   others           as wh_log_append: nothing has changed */
enum wh_err wh_image_initiate(struct wh_image *image, const uint8_t *name, size_t name_length,
                              uint32_t size);

/* WH_ERR_SEALED as above; WH_ERR_STATE unless a transfer is initiated; others as wh_image_slot_put. */
enum wh_err wh_image_put(struct wh_image *image, uint32_t block, const uint8_t *data,
                         size_t length);

/* Begins to verify, or tells how it went.
 *   WH_OK            verified
 *   WH_ERR_BUSY      under way: call wh_image_run, and ask again. If the memory fails meanwhile, the
 *                    transfer is complete as before, and can be verified again
 *   WH_ERR_CORRUPT   refused
 *   WH_ERR_NOT_FOUND blocks are missing; the transfer goes on
 *   WH_ERR_SEALED    the board has no key of the maker (any more)
 *   WH_ERR_STATE     there is no image */
enum wh_err wh_image_verify(struct wh_image *image);

/* Begins the activation: the image is verified once more, handed over, and the meter starts anew.
 * WH_ERR_STATE unless there is one that was verified; also after an activation that failed.
 * WH_ERR_BUSY: it is under way. */
enum wh_err wh_image_activate(struct wh_image *image);

/* Activates at that moment, UTC; 0: not by itself. Survives the supply, until an activation, at that time or
 * before, has been handed over or refused. Errors as wh_log_append. */
enum wh_err wh_image_schedule(struct wh_image *image, uint32_t utc_s);

/* It is that time by a valid clock. WH_IMAGE_EVENT_NOT_ACTIVATED: it had come, without a verified
 * image. */
enum wh_image_event wh_image_clock(struct wh_image *image, uint32_t utc_s);

/* Does a slice of the work, some ten milliseconds of a microcontroller. */
enum wh_image_event wh_image_run(struct wh_image *image);

#endif
