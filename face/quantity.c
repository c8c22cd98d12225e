/* How the family writes what the catalog does not say. */
#include "face/quantity.h"

enum { KWH_TENTHS = 2 };

bool wh_face_follows_display(const struct wh_quantity *row)
{
    return row->unit <= WH_UNIT_VARH && row->display.exponent == KWH_TENTHS &&
           wh_quantity_energies(row) != 0;
}

/* "LR-1.7" is B7: a letter counts main versions. */
void wh_face_revision(uint8_t *letter, uint8_t *number)
{
    const char *text = wh_legal_software_id().version;
    uint8_t parts[2] = {0, 0};
    unsigned part = 0;
    for (; *text != '\0'; text++) {
        part += *text == '.' && part == 0;
        if (*text >= '0' && *text <= '9') {
            parts[part] = (uint8_t)(parts[part] * 10 + (*text - '0'));
        }
    }
    *letter = (uint8_t)(parts[0] + 1);
    *number = parts[1];
}

uint16_t wh_face_type_code(const struct wh_application *app)
{
    return app->config.breaker != 0 ? app->variant->kmp_type_breaker : app->variant->kmp_type;
}
