/* The one error type of everything that starts with wh_.
 *
 * Functions that can fail return enum wh_err: 0 is success, anything else names the reason. On any
 * error the function has changed nothing, unless its header says otherwise.
 * Source: docs/design.md, "Conventions"; the list-gives-enum-and-text idea is libuv's UV_ERRNO_MAP.
 */
#ifndef WH_COMMON_ERR_H
#define WH_COMMON_ERR_H

#define WH_ERR_LIST(X)                                                                             \
    X(WH_OK, "no error")                                                                           \
    X(WH_ERR_ARGUMENT, "argument out of range")                                                    \
    X(WH_ERR_NOT_FOUND, "no such thing")                                                           \
    X(WH_ERR_IO, "device or file failed")                                                          \
    X(WH_ERR_BLANK, "memory has never been formatted")                                             \
    X(WH_ERR_CORRUPT, "stored data is damaged")                                                    \
    X(WH_ERR_VERSION, "stored data has a format this version does not know")                       \
    X(WH_ERR_SPACE, "not enough room")                                                             \
    X(WH_ERR_FORMAT, "input is malformed")                                                         \
    X(WH_ERR_UNSUPPORTED, "input is valid but not supported")                                      \
    X(WH_ERR_BUSY, "in use by another process")                                                    \
    X(WH_ERR_STATE, "not possible in this state")                                                  \
    X(WH_ERR_SEALED, "the verification seal is closed")

enum wh_err {
#define WH_ERR_ENUM(name, text) name,
    WH_ERR_LIST(WH_ERR_ENUM)
#undef WH_ERR_ENUM
        WH_ERR_COUNT
};

/* The text of an error, in static storage; "unknown error" for a value outside the list. */
const char *wh_err_text(enum wh_err err);

#endif
