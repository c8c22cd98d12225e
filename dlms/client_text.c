/* What the client's statuses and the results of objects are called. One row each. */
#include "dlms/client.h"

struct row {
    int code;
    const char *text;
};

static const char *find(const struct row *rows, size_t count, int code, const char *otherwise)
{
    for (size_t i = 0; i < count; i++) {
        if (rows[i].code == code) {
            return rows[i].text;
        }
    }
    return otherwise;
}

const char *dlms_client_status_text(enum dlms_client_status status)
{
    static const struct row rows[] = {
        {DLMS_CLIENT_DONE, "done"},
        {DLMS_CLIENT_SEND, "a request is to be sent"},
        {DLMS_CLIENT_NOTIFIED, "a notification came"},
        {DLMS_CLIENT_WAIT, "another block is to come"},
        {DLMS_CLIENT_CHALLENGED, "the server asks for authentication"},
        {DLMS_CLIENT_ERR_STATE, "not associated, or nothing was asked"},
        {DLMS_CLIENT_ERR_NOT_AGREED, "the association does not include this service"},
        {DLMS_CLIENT_ERR_REQUEST, "the request is too long"},
        {DLMS_CLIENT_ERR_SPACE, "the answer is too long for the buffer"},
        {DLMS_CLIENT_ERR_FORMAT, "the answer is malformed"},
        {DLMS_CLIENT_ERR_UNEXPECTED, "the answer is not to this request"},
        {DLMS_CLIENT_ERR_BLOCK, "a block is missing or out of turn"},
        {DLMS_CLIENT_ERR_REFUSED, "the server refused the association"},
        {DLMS_CLIENT_ERR_INITIATE, "the server agreed on no version or services"},
        {DLMS_CLIENT_ERR_EXCEPTION, "the server does not serve this request"},
        {DLMS_CLIENT_ERR_RESULT, "the object refused"},
        {DLMS_CLIENT_ERR_SECURITY, "the protection is missing or wrong"},
    };
    return find(rows, sizeof rows / sizeof rows[0], (int)status, "unknown status");
}

const char *dlms_client_result_text(enum dlms_result result)
{
    /* 5-3, Data-Access-Result and Action-Result. */
    static const struct row rows[] = {
        {DLMS_RESULT_SUCCESS, "success"},
        {DLMS_RESULT_HARDWARE_FAULT, "hardware fault"},
        {DLMS_RESULT_TEMPORARY_FAILURE, "temporary failure"},
        {DLMS_RESULT_READ_WRITE_DENIED, "read or write denied"},
        {DLMS_RESULT_OBJECT_UNDEFINED, "object undefined"},
        {DLMS_RESULT_OBJECT_CLASS_INCONSISTENT, "object class inconsistent"},
        {DLMS_RESULT_OBJECT_UNAVAILABLE, "object unavailable"},
        {DLMS_RESULT_TYPE_UNMATCHED, "type unmatched"},
        {DLMS_RESULT_SCOPE_OF_ACCESS_VIOLATED, "scope of access violated"},
        {DLMS_RESULT_DATA_BLOCK_UNAVAILABLE, "data block unavailable"},
        {DLMS_RESULT_LONG_GET_ABORTED, "long get or action aborted"},
        {DLMS_RESULT_NO_LONG_GET_IN_PROGRESS, "no long get or action in progress"},
        {DLMS_RESULT_LONG_SET_ABORTED, "long set aborted"},
        {DLMS_RESULT_NO_LONG_SET_IN_PROGRESS, "no long set in progress"},
        {DLMS_RESULT_DATA_BLOCK_NUMBER_INVALID, "data block number invalid"},
        {DLMS_RESULT_OTHER_REASON, "other reason"},
    };
    return find(rows, sizeof rows / sizeof rows[0], (int)result, "unknown result");
}
