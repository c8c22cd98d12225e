/* The report: one HTML file with everything in it, to read and to print.
 */
#ifndef WH_ACCURACY_HTML_H
#define WH_ACCURACY_HTML_H

#include <stddef.h>

#include "accuracy/json.h"

/* Writes folder/index.html, made if missing, and beside it the charts (accuracy/chart.h) unless the run was a quick
 * one, which has too few points for curves. On failure error has one line: WH_ERR_IO for a file,
 * WH_ERR_NOT_FOUND without gnuplot. */
enum wh_err acc_report_write(const struct acc_session *session, const char *folder, char *error,
                             size_t error_size);

/* Whether a report could be written: makes the folder and looks for gnuplot. To be asked before hours of
 * measuring. Errors as acc_report_write. */
enum wh_err acc_report_prepare(const char *folder, char *error, size_t error_size);

#endif
