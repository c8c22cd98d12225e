/* What "watthour firmware" asks of a meter. Internal to that command; errors as tool_meter.h.
 */
#ifndef CLI_TOOL_FIRMWARE_H
#define CLI_TOOL_FIRMWARE_H

#include "app/image.h"
#include "cli/tool_command.h"
#include "cli/tool_dlms.h"
#include "cli/tool_image.h"

/* Of 6-2, and of this project's meters (cosem/modern_image.c). */
enum {
    TOOL_FIRMWARE_BLOCK_SIZE = 2, /* attributes of class 18 */
    TOOL_FIRMWARE_MISSING = 4,
    TOOL_FIRMWARE_ENABLED = 5,
    TOOL_FIRMWARE_STATUS = 6,
    TOOL_FIRMWARE_INITIATE = 1, /* its methods */
    TOOL_FIRMWARE_BLOCK = 2,
    TOOL_FIRMWARE_VERIFY = 3,
    TOOL_FIRMWARE_ACTIVATE = 4,
};

/* ---- tool_firmware_meter.c ---- */

/* A number, boolean or enumeration: an attribute of the image transfer; number and revision of what
 * runs. */
bool tool_firmware_get(struct tool_work *work, int8_t index, uint32_t *number,
                       struct tool_failure *failure);
bool tool_firmware_running(struct tool_work *work, uint32_t *number, uint32_t *revision,
                           struct tool_failure *failure);

/* Blocks that are there, a bit each. *there is the caller's to free. */
bool tool_firmware_blocks(struct tool_work *work, uint8_t **there, size_t *count,
                          struct tool_failure *failure);
bool tool_firmware_has_bit(const uint8_t *bits, size_t index);

/* The image of that header is in the meter, verified. */
bool tool_firmware_is_ready(struct tool_work *work, const struct wh_image_header *header,
                            bool *is_ready, struct tool_failure *failure);

/* Invokes a method with its parameters, or with none. */
bool tool_firmware_invoke(struct tool_work *work, int8_t method, const struct dlms_writer *data,
                          struct tool_failure *failure);
bool tool_firmware_call(struct tool_work *work, int8_t method, struct tool_failure *failure);

/* Why the meter refused, in its own words; "" if it has none for it. And a failure with it. */
const char *tool_firmware_fault(struct tool_work *work);
bool tool_firmware_fail(struct tool_work *work, const char *what, struct tool_failure *failure);

/* When the meter activates by itself, "2026-11-20 14:00:00", "" for never; and another time, NULL for
 * never. */
bool tool_firmware_schedule(struct tool_work *work, char text[32], struct tool_failure *failure);
bool tool_firmware_set_schedule(struct tool_work *work, const struct wh_datetime *at,
                                struct tool_failure *failure);

/* Between two looks at work of the meter. */
void tool_firmware_wait(void);

/* ---- tool_firmware_send.c ---- */

struct tool_firmware_sent {
    uint32_t count; /* blocks of the image */
    uint32_t sent;  /* of them, this time */
};

/* Sends an image, or the rest of it, and has it verified. A line that breaks is connected again. */
bool tool_firmware_send(struct tool_work *work, const struct tool_image *image,
                        struct tool_firmware_sent *sent, struct tool_failure *failure);

/* Activates, and waits until the meter has started with it. */
bool tool_firmware_activate(struct tool_work *work, struct tool_failure *failure);

#endif
