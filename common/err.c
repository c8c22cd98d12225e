/* Texts of the errors, from the same list as the enum, so that neither can lack one. */
#include "common/err.h"

const char *wh_err_text(enum wh_err err)
{
    static const char *const texts[] = {
#define WH_ERR_TEXT(name, text) text,
        WH_ERR_LIST(WH_ERR_TEXT)
#undef WH_ERR_TEXT
    };
    const unsigned index = (unsigned)err;
    return index < sizeof texts / sizeof texts[0] ? texts[index] : "unknown error";
}
