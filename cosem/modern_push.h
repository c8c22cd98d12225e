/* Pushes of the modern profile (COM-14): a DataNotification with the values that a push setup lists,
 * made when its time has come, for the owner to send.
 *
 * They go from logical device 1 to the pre-established client 102, which nobody associates with, under
 * the keys of client 2 (reading): who takes pushes needs no key that can change the meter. Each is
 * authenticated and encrypted, in a general-glo envelope, and has an invocation counter above all
 * those before.
 *
 * Two push setups, as IDIS meters number them: 0.1.25.9.0.255 at the times of the single action
 * schedule 0.0.15.0.4.255, and 0.4.25.9.0.255 when an alarm comes on. An alarm that could not be told
 * in all attempts is in the descriptor until a client acknowledges it, and so in every push after
 * it, and in its log. */
#ifndef WH_COSEM_MODERN_PUSH_H
#define WH_COSEM_MODERN_PUSH_H

#include "cosem/modern.h"

enum { WH_MODERN_PUSH_SIZE = 2048 }; /* octets that are enough for every push */

struct wh_modern_message {
    enum wh_push_id id;
    char destination[WH_PUSH_DESTINATION + 1]; /* "HOST:PORT", TCP with the wrapper */
    size_t length;                             /* of the APDU */
};

/* Where pushes go whose setup names no destination; after every wh_cosem_modern_init. "" is nobody,
 * as it is then. WH_ERR_ARGUMENT: longer than WH_PUSH_DESTINATION. */
enum wh_err wh_modern_push_to(struct wh_modern *modern, const char *destination);

/* Works off the time since the last call; to be called at least once a second while the meter has
 * supply. True: the APDU in buffer is to be sent to the message's destination, and wh_modern_pushed
 * must say what became of it before there is another. */
bool wh_modern_push_next(struct wh_modern *modern, struct wh_modern_message *message,
                         uint8_t *buffer, size_t size);

/* Whether it was delivered. If not it is repeated as its setup says; the last failure is an event. */
void wh_modern_pushed(struct wh_modern *modern, enum wh_push_id id, bool is_delivered);

/* ---- Internal ---- */

/* Begins at power-up. */
void wh_modern_push_start(struct wh_modern *modern);

/* Method push, and the scripts: begins a push, whatever its cause. WH_ERR_STATE: it would go nowhere.
 */
enum wh_err wh_modern_push_invoke(struct wh_modern *modern, enum wh_push_id id);

/* Whether a push may carry this attribute: client 2 may read it, and it is no log. */
bool wh_modern_push_may_carry(const struct wh_cosem_face *face,
                              const struct wh_push_object *object);

#endif
