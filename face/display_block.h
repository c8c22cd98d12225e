/* The display lists as KMP registers (DSP-3): 1202 the automatic list, 1203 and 1204 that of the button, 1205 that without
 * mains. Private to face/.
 *
 * A register has 16 octets, a reading each: its number in the catalog (enum wh_quantity_id), and 255 behind the last. The
 * two halves of the list of the button take effect together: what is written to 1203 is held until 1204 is written, for it is
 * the list as a whole that has to be right. The family has its display configuration in these registers, too, but in a layout that is not public: this one is of this
 * project.
 */
#ifndef WH_FACE_DISPLAY_BLOCK_H
#define WH_FACE_DISPLAY_BLOCK_H

#include "face/kmp_face.h"

enum { WH_DISPLAY_BLOCK = 16, WH_DISPLAY_BLOCK_FIRST = 1202, WH_DISPLAY_BLOCKS = 4 };

/* WH_ERR_NOT_FOUND: another register. */
enum wh_err wh_display_block_read(const struct wh_meter *meter, uint16_t id,
                                  struct kmp_value *value);

/* WH_ERR_NOT_FOUND: another register. WH_ERR_ARGUMENT: not 16 octets, more readings than the list has room for, or what
 * wh_config_check refuses. Others as wh_meter_configure. */
enum wh_err wh_display_block_write(struct wh_kmp_face *face, uint16_t id,
                                   const struct kmp_value *value);

#endif
