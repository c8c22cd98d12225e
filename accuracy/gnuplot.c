/* A child process that is waited for. */
#include "accuracy/gnuplot.h"

#include <fcntl.h>
#include <stddef.h>
#include <sys/wait.h>
#include <unistd.h>

static bool run(const char *folder, const char *argument, bool quiet)
{
    const pid_t child = fork();
    if (child == 0) {
        const int null = quiet ? open("/dev/null", O_RDWR) : -1;
        if (null >= 0) {
            dup2(null, STDOUT_FILENO);
            dup2(null, STDERR_FILENO);
        }
        if (chdir(folder) == 0) {
            execlp("gnuplot", "gnuplot", argument, (char *)NULL);
        }
        _exit(127);
    }
    int status = 0;
    return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) &&
           WEXITSTATUS(status) == 0;
}

bool acc_gnuplot_is_there(void)
{
    return run("/", "--version", true);
}

bool acc_gnuplot_run(const char *folder, const char *script)
{
    return run(folder, script, false);
}
