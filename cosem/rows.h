/* The buffer of a profile: records of a log as an array of rows, written as they are read. Private
 * to cosem/. */
#ifndef WH_COSEM_ROWS_H
#define WH_COSEM_ROWS_H

#include "cosem/selection.h"

/* Writes the selected rows to out. Of a long answer, asked for window by window (dlms/axdr.h,
 * Writer), it writes what the window takes and counts the rest; where the window before ended is
 * kept in the face. So an answer of any length costs each record a few looks, and the rows are
 * those of the moment of the request although the log goes on.
 *   OTHER_REASON, TYPE_UNMATCHED …  as wh_cosem_select
 *   TEMPORARY_FAILURE  records of the answer were overwritten while it was sent
 *   HARDWARE_FAULT     the memory failed to read */
enum dlms_result wh_cosem_put_rows(struct wh_cosem_face *face,
                                   const struct wh_cosem_profile *profile,
                                   const struct dlms_selection *selection, struct dlms_writer *out);

#endif
