/* Quantities of a whole meter, as every face sees them. Private to face/. */
#ifndef WH_FACE_QUANTITY_H
#define WH_FACE_QUANTITY_H

#include "app/application.h"

enum { WH_QUANTITY_TIME_BEHIND_PEAK = WH_QUANTITY_P_PLUS_MAX_TIME - WH_QUANTITY_P_PLUS_MAX };

/* A register of energy that is written with the digits of the display (VAR-10 A); verification resolution is not. */
bool wh_face_follows_display(const struct wh_quantity *row);

/* Revision of the software as the family writes it: letter 1 A … and number. */
void wh_face_revision(uint8_t *letter, uint8_t *number);

/* The model's code, "6800" as hexadecimal digits. */
uint16_t wh_face_type_code(const struct wh_application *app);

#endif
