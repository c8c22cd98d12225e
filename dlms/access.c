/* ACCESS, 5-3: a list of mixed reading, writing and invoking in one request. Invariant: nothing is
 * carried out before the whole request is well-formed and known to have an answer that fits; then each
 * element is carried out in turn, once. */
#include <string.h>

#include "dlms/objects.h"

enum {
    TAG_ACCESS_RESPONSE = 0xDA,
    GET = 1,
    SET = 2,
    ACTION = 3,
    GET_SELECTED = 4,
    SET_SELECTED = 5,
    SELF_DESCRIPTIVE = 0x10, /* first octet of long-invoke-id-and-priority */
    BREAK_ON_ERROR = 0x20,
    CONFIRMED = 0x40,
    RESULT_SIZE = 2,
};

struct request {
    struct dlms_span invoke;         /* 4 octets */
    struct dlms_span specifications; /* with their count */
    size_t count;
    struct dlms_reader references; /* at the first specification */
    struct dlms_reader values;     /* at the first Data */
};

struct element {
    uint8_t kind; /* GET, SET or ACTION */
    struct dlms_reference reference;
};

static struct element read_element(struct dlms_reader *reader)
{
    static const uint8_t kinds[] = {0, GET, SET, ACTION, GET, SET};
    const uint8_t choice = dlms_read_u8(reader);
    struct element element = {.kind = choice < sizeof kinds ? kinds[choice] : 0};
    element.reference = dlms_read_descriptor(reader);
    if (choice >= GET_SELECTED) {
        element.reference.has_selection = true;
        element.reference.selection.selector = dlms_read_u8(reader);
        element.reference.selection.parameters = dlms_skip_data(reader);
    }
    if (element.kind == 0) {
        dlms_reader_fail(reader);
    }
    return element;
}

static bool read_request(struct dlms_reader body, struct request *request)
{
    request->invoke = dlms_read_bytes(&body, 4);
    dlms_read_bytes(&body, dlms_read_length(&body)); /* date-time */
    const uint8_t *start = body.data;
    request->count = dlms_read_length(&body);
    request->references = body;
    for (size_t i = 0; i < request->count && !body.failed; i++) {
        read_element(&body);
    }
    request->specifications = (struct dlms_span){start, (size_t)(body.data - start)};
    if (dlms_read_length(&body) != request->count) {
        return false;
    }
    request->values = body;
    for (size_t i = 0; i < request->count && !body.failed; i++) {
        dlms_skip_data(&body);
    }
    return request->count > 0 && dlms_reader_done(&body);
}

/* Everything in front of the Data. */
static void write_head(const struct request *request, struct dlms_writer *out)
{
    const bool is_echoed = (request->invoke.data[0] & SELF_DESCRIPTIVE) != 0;
    dlms_raw_u8(out, TAG_ACCESS_RESPONSE);
    dlms_raw_bytes(out, request->invoke.data, request->invoke.length);
    dlms_raw_u8(out, 0); /* no date-time */
    dlms_raw_u8(out, is_echoed);
    if (is_echoed) {
        dlms_raw_bytes(out, request->specifications.data, request->specifications.length);
    }
    dlms_raw_length(out, request->count);
}

static struct dlms_span given(struct dlms_span parameters)
{
    const bool is_null = parameters.length == 1 && parameters.data[0] == DLMS_TAG_NULL;
    return is_null ? (struct dlms_span){NULL, 0} : parameters;
}

static enum dlms_result carry_out(struct dlms_exchange *exchange, const struct element *element,
                                  struct dlms_span value, struct dlms_writer *out)
{
    switch (element->kind) {
    case GET:
        return dlms_attribute_read(exchange, &element->reference, out);
    case SET:
        return dlms_attribute_write(exchange, &element->reference, value);
    default:
        return dlms_method_invoke(exchange, &element->reference, given(value), out);
    }
}

/* One element: its Data, null-data where it has none or it would take the room of those behind. */
static enum dlms_result serve_element(struct dlms_exchange *exchange, const struct element *element,
                                      struct dlms_span value, size_t left, struct dlms_writer *out)
{
    const struct dlms_writer before = *out;
    out->size = before.size - left; /* so a method sees whether what it returns can be told */
    enum dlms_result result = carry_out(exchange, element, value, out);
    const bool fits = !dlms_writer_overflowed(out);
    out->size = before.size;
    if (result == DLMS_RESULT_SUCCESS && !fits) {
        result = DLMS_RESULT_OTHER_REASON;
    }
    if (result != DLMS_RESULT_SUCCESS || out->total == before.total) {
        *out = before;
        dlms_put_null(out);
    }
    return result;
}

/* Results are made behind the room for the Data, and moved to it when that is complete. */
static void serve_list(struct dlms_exchange *exchange, struct request *request,
                       struct dlms_writer *out, struct dlms_writer *results)
{
    const bool breaks = (request->invoke.data[0] & BREAK_ON_ERROR) != 0;
    bool is_broken = false;
    dlms_raw_length(results, request->count);
    for (size_t left = request->count; left > 0; left--) {
        const struct element element = read_element(&request->references);
        const struct dlms_span value = dlms_skip_data(&request->values);
        enum dlms_result result = DLMS_RESULT_OTHER_REASON;
        if (is_broken) {
            dlms_put_null(out);
        } else {
            result = serve_element(exchange, &element, value, left - 1, out);
        }
        is_broken = is_broken || (breaks && result != DLMS_RESULT_SUCCESS);
        dlms_raw_u8(results, element.kind);
        dlms_raw_u8(results, (uint8_t)result);
    }
}

void dlms_access(struct dlms_exchange *exchange)
{
    struct request request;
    struct dlms_writer *reply = &exchange->reply;
    if ((exchange->session->conformance & DLMS_CONFORMANCE_ACCESS) == 0) {
        dlms_refuse(exchange, DLMS_EXCEPTION_NOT_NEGOTIATED);
        return;
    }
    if (!read_request(exchange->body, &request)) {
        dlms_refuse(exchange, DLMS_EXCEPTION_MALFORMED);
        return;
    }
    struct dlms_writer count = dlms_writer(NULL, 0);
    dlms_raw_length(&count, request.count);
    const size_t results_size = count.total + RESULT_SIZE * request.count;
    write_head(&request, reply);
    if (reply->total + request.count + results_size > reply->size) {
        dlms_refuse(exchange, DLMS_EXCEPTION_PDU_TOO_LONG);
        return;
    }
    const size_t room = reply->size;
    struct dlms_writer results = dlms_writer(reply->data + room - results_size, results_size);
    reply->size = room - results_size;
    serve_list(exchange, &request, reply, &results);
    reply->size = room;
    memmove(reply->data + reply->total, results.data, results_size);
    reply->total += results_size;
    if ((request.invoke.data[0] & CONFIRMED) == 0 &&
        !exchange->link->server->ignore_service_class) {
        reply->total = 0;
    }
}
