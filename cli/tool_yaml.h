/* Flat YAML files: "name: value", and mappings of that one level deeper, "group.name".
 */
#ifndef CLI_TOOL_YAML_H
#define CLI_TOOL_YAML_H

#include "cli/tool_failure.h"
#include <stddef.h>

/* One value; name is "name" or "group.name". False ends the reading; *failure is filled then. */
typedef bool tool_yaml_take(void *context, const char *name, const char *value, size_t line,
                            struct tool_failure *failure);

/* Reads a file. CLI_BAD_INPUT with file, line and reason: it cannot be read, is no YAML, or has
 * another shape; a name that comes twice is refused, too. */
bool tool_yaml_read(const char *path, tool_yaml_take *take, void *context,
                    struct tool_failure *failure);

#endif
