/* gnuplot as a child process.
 */
#ifndef WH_ACCURACY_GNUPLOT_H
#define WH_ACCURACY_GNUPLOT_H

#include <stdbool.h>

/* Whether there is a gnuplot to run. */
bool acc_gnuplot_is_there(void);

/* Runs a script with folder as the working folder. false: it failed; gnuplot's own message is on stderr. */
bool acc_gnuplot_run(const char *folder, const char *script);

#endif
