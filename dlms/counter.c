/* Invocation counters. Invariants: no number is given out for sending that is not below a limit in lasting
 * memory, nor twice; the lowest number that is taken only rises, and only after its limit has. */
#include "dlms/security.h"

void dlms_security_restore(struct dlms_security *security,
                           const uint32_t limits[DLMS_COUNTER_COUNT])
{
    for (int i = 0; i < DLMS_COUNTER_COUNT; i++) {
        security->counter[i] = (struct dlms_counter){limits[i], limits[i]};
    }
}

/* Makes the counter start at count or above after a power cut. */
static bool reserve(struct dlms_security *security, enum dlms_counter_id id, uint32_t count)
{
    const struct dlms_counter_store *store = security->store;
    struct dlms_counter *counter = &security->counter[id];
    if (count <= counter->limit) {
        return true;
    }
    if (store == NULL || store->ahead == 0) {
        return false;
    }
    const uint32_t more = (uint32_t)(store->ahead - 1);
    const uint32_t limit = count <= UINT32_MAX - more ? count + more : UINT32_MAX;
    if (!store->reserve(store->context, id, limit)) {
        return false;
    }
    counter->limit = limit;
    return true;
}

bool dlms_counter_ready(struct dlms_security *security)
{
    const struct dlms_counter *counter = &security->counter[DLMS_COUNTER_SEND];
    return counter->next != UINT32_MAX && reserve(security, DLMS_COUNTER_SEND, counter->next + 1);
}

bool dlms_counter_take(struct dlms_security *security, uint32_t *number)
{
    if (!dlms_counter_ready(security)) {
        return false;
    }
    *number = security->counter[DLMS_COUNTER_SEND].next++;
    return true;
}

uint32_t dlms_counter_received(const struct dlms_security *security)
{
    const uint32_t global = security->counter[DLMS_COUNTER_RECEIVE].next;
    const uint32_t other = security->counter[DLMS_COUNTER_RECEIVE_OTHER].next;
    const uint32_t next = global > other ? global : other;
    return next > 0 ? next - 1 : 0;
}

enum dlms_err dlms_counter_accept(struct dlms_security *security, enum dlms_counter_id id,
                                  uint32_t number)
{
    struct dlms_counter *counter = &security->counter[id];
    if (number < counter->next || number == UINT32_MAX) {
        return DLMS_ERR_REPLAY;
    }
    if (!reserve(security, id, number + 1)) {
        return DLMS_ERR_COUNTER;
    }
    counter->next = number + 1;
    return DLMS_OK;
}
