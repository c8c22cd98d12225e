/* The data sheet's "typical accuracy charts": error over load, voltage, frequency and temperature, and how the
 * MPE is composed (MET-7). Data files and a gnuplot script in a folder; SVG and PNG from them.
 */
#ifndef WH_ACCURACY_CHART_H
#define WH_ACCURACY_CHART_H

#include <stddef.h>

#include "accuracy/json.h"

enum { ACC_CHARTS = 5 };

/* Name of a chart: its files are NAME.svg, NAME.png and NAME.dat. */
const char *acc_chart_name(int chart);
const char *acc_chart_title(int chart);

/* Draws all charts of a standard run into folder, which exists. On failure error names the file or the
 * program and the reason: WH_ERR_IO. */
enum wh_err acc_charts_draw(const struct acc_session *session, const char *folder, char *error,
                            size_t error_size);

#endif
