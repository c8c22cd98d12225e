/* The single-file form of 2013: sections CFG, INF, HDR and DAT behind lines such as
 * "--- file type: CFG ---" and "--- file type: DAT BINARY: 460800 ---".
 *
 * Binary data begin right after the line that announces them and are exactly as long as it says, so
 * the search for the next section jumps over them: their bytes may look like anything. */
#include "sim/comtrade_text.h"

#include <string.h>

struct section {
    struct sim_comtrade_slice type;   /* CFG, INF, HDR, DAT */
    struct sim_comtrade_slice format; /* ASCII, BINARY; of DAT only */
    struct sim_comtrade_slice length; /* bytes; of binary DAT only */
};

/* Takes what stands before the first of the separators off rest. */
static struct sim_comtrade_slice take_word(struct sim_comtrade_slice *rest, char separator)
{
    *rest = sim_comtrade_trim(*rest);
    size_t length = 0;
    while (length < rest->length && rest->text[length] != separator) {
        length++;
    }
    struct sim_comtrade_slice word = {rest->text, length};
    size_t used = length + (length < rest->length);
    rest->text += used;
    rest->length -= used;
    return sim_comtrade_trim(word);
}

static bool strip_dashes(struct sim_comtrade_slice *line)
{
    static const char dashes[] = {'-', '-', '-'};
    *line = sim_comtrade_trim(*line);
    if (line->length < 2 * sizeof dashes || memcmp(line->text, dashes, sizeof dashes) != 0 ||
        memcmp(line->text + line->length - sizeof dashes, dashes, sizeof dashes) != 0) {
        return false;
    }
    line->text += sizeof dashes;
    line->length -= 2 * sizeof dashes;
    return true;
}

static bool is_section(struct sim_comtrade_slice line, struct section *section)
{
    if (!strip_dashes(&line) || !sim_comtrade_is(take_word(&line, ':'), "file type")) {
        return false;
    }
    struct sim_comtrade_slice kind = take_word(&line, ':');
    section->length = sim_comtrade_trim(line);
    section->type = take_word(&kind, ' ');
    section->format = sim_comtrade_trim(kind);
    return true;
}

static struct sim_comtrade_bytes from_here(const struct sim_comtrade_reader *reader)
{
    struct sim_comtrade_bytes rest = *reader->source;
    rest.bytes += reader->at;
    rest.length = 0;
    rest.line = reader->line + 1;
    rest.offset += reader->at;
    return rest;
}

/* The length of a binary section stands in its line; the reader goes on behind its bytes. */
static bool take_binary(struct sim_comtrade_reader *reader, const struct section *section,
                        struct sim_comtrade_bytes *dat, struct sim_comtrade_error *error)
{
    uint64_t length;
    size_t left = reader->source->length - reader->at;
    if (!sim_comtrade_integer(section->length, &length)) {
        return sim_comtrade_fail_line(error, reader, "byte count \"%s\" of the data is no number",
                                      sim_comtrade_quote(section->length).text);
    }
    if (length > left) {
        return sim_comtrade_fail_line(error, reader, "%llu bytes of data announced, %zu follow",
                                      (unsigned long long)length, left);
    }
    dat->length = (size_t)length;
    reader->at += dat->length;
    return true;
}

/* Opens the section whose line was just read: *open is where its text lines are counted, or NULL.
 */
static bool begin(struct sim_comtrade_reader *reader, const struct section *section,
                  struct sim_comtrade_bytes *cfg, struct sim_comtrade_bytes *dat,
                  struct sim_comtrade_bytes **open, struct sim_comtrade_error *error)
{
    bool is_cfg = sim_comtrade_is(section->type, "CFG");
    bool is_dat = sim_comtrade_is(section->type, "DAT");
    *open = is_cfg ? cfg : is_dat ? dat : NULL;
    if (*open == NULL) {
        return true;
    }
    if ((*open)->bytes != NULL) {
        return sim_comtrade_fail_line(error, reader, "a second %s section", is_cfg ? "CFG" : "DAT");
    }
    **open = from_here(reader);
    if (is_dat && !sim_comtrade_is(section->format, "ASCII")) {
        *open = NULL;
        return take_binary(reader, section, dat, error);
    }
    return true;
}

bool sim_comtrade_split(const struct sim_comtrade_bytes *cff, struct sim_comtrade_bytes *cfg,
                        struct sim_comtrade_bytes *dat, struct sim_comtrade_error *error)
{
    struct sim_comtrade_reader reader = sim_comtrade_reader(cff);
    struct sim_comtrade_bytes *open = NULL;
    struct sim_comtrade_slice line;
    struct section section;
    memset(cfg, 0, sizeof *cfg);
    memset(dat, 0, sizeof *dat);
    while (sim_comtrade_next_line(&reader, &line)) {
        if (is_section(line, &section)) {
            if (!begin(&reader, &section, cfg, dat, &open, error)) {
                return false;
            }
        } else if (open != NULL) {
            open->length = (size_t)(cff->bytes + reader.at - open->bytes);
        }
    }
    if (cfg->bytes == NULL || dat->bytes == NULL) {
        return sim_comtrade_fail(error, "%.64s: there is no line \"--- file type: %s ---\"",
                                 cff->name, cfg->bytes == NULL ? "CFG" : "DAT ...");
    }
    return true;
}
