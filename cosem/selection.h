/* Selective access to the buffer of a profile (6-2 class 7, as the meter family has it). Private
 * to cosem/.
 *
 *   0  the whole buffer, as without selective access
 *   1  range_descriptor: from and to as date-times over the stamps, and the columns as capture
 *      objects, none for all
 *   2  entry_descriptor: entry 0 is the newest and entries count backwards, from 1 to 3 gives the
 *      newest first, from 1 to 0 the oldest first; columns count from 1, to column 0 is to the last
 */
#ifndef WH_COSEM_SELECTION_H
#define WH_COSEM_SELECTION_H

#include "cosem/columns.h"

enum { WH_COSEM_SELECTORS = 1 << 0 | 1 << 1 | 1 << 2 };

/* Reads a request; selection NULL is the whole buffer. TYPE_UNMATCHED: not the structure it should
 * be; SCOPE_OF_ACCESS_VIOLATED: restricted by something else than the clock; OTHER_REASON: a date
 * that does not exist, a column that the profile does not have, more columns than any profile has.
 */
enum dlms_result wh_cosem_select(const struct wh_cosem_face *face,
                                 const struct wh_cosem_layout *layout,
                                 const struct dlms_selection *selection,
                                 struct wh_cosem_selected *selected);

#endif
