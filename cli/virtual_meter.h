/* A virtual meter: a meter with everything that hardware gives it – memory, supply, mains, a clock
 * that runs through power cuts – and a bench to touch it. Time is the number of samples it is given.
 */
#ifndef CLI_VIRTUAL_METER_H
#define CLI_VIRTUAL_METER_H

#include "cli/feed.h"
#include "cli/image_board.h"
#include "cli/journal.h"
#include "cli/modern.h"
#include "cli/supply.h"
#include "cosem/face.h"
#include "face/access.h"
#include "meter/order.h"
#include "ports/linux/flash_file.h"
#include "ports/linux/nvm_file.h"
#include "sim/home.h"
#include "sim/recording.h"

/* Where its mains comes from: one of the two. Owned by the virtual meter. */
struct virtual_mains {
    struct sim_home *home;
    struct sim_recording *recording;
    char description[128];
};

struct virtual_meter {
    struct nvm_file memory;
    struct flash_file flash;
    struct wh_meter meter;
    struct wh_cosem_face face; /* for the ports, as access; valid after virtual_meter_open */
    struct wh_access access;
    struct cli_modern modern; /* opened before the meter is, or all zero */
    struct cli_image_board image;
    const char *image_key; /* before virtual_meter_open: the maker's public key, or NULL */
    struct virtual_mains mains;
    struct cli_feed feed;
    struct cli_supply supply;
    struct cli_journal journal;
    bool with_breaker; /* before virtual_meter_open: a new meter is one with breaker */
    const struct wh_code_set *codes; /* likewise: a new meter is one ordered by them; or NULL */
    bool contacts_open;              /* of the breaker, which keep their place without supply */
    uint32_t hold_samples;           /* that the left button is still held */
    bool powered;                    /* the meter runs on mains */
    bool failed; /* did not start again after a power cut: nothing is measured any more */
    bool cut;    /* the mains is switched off at the bench */
    double
        voltage_v[SIM_PHASES]; /* of a home's mains; while that is cut, those before or set since */
    uint8_t inputs;            /* levels held at the bench: bit by enum wh_input */
    unsigned supply_losses;    /* since virtual_meter_open */
    bool clipping;             /* the converter does, or did so less than a second ago */
    unsigned unclipped;        /* samples since it did */
    bool store_failed;         /* as far as the journal tells: the memory refuses the registers */
};

/* Opens the memory in folder state (made if missing), or makes a new meter of that model there,
 * and powers it up. mains is taken over, also on failure. On failure error has one line that names
 * the file and the reason, and nothing stored was changed:
 *   WH_ERR_CORRUPT      the memory is damaged beyond recovery
 *   WH_ERR_UNSUPPORTED  unknown model, or the memory is another model's; or the model has no builds with breaker
 *   others              as nvm_file_open and wh_meter_start */
enum wh_err virtual_meter_open(struct virtual_meter *vm, const char *state, const char *model,
                               const struct virtual_mains *mains, char *error, size_t error_size);

/* Stores the registers, if it is powered, and closes everything, whatever it returns:
 *   WH_ERR_STATE   it had not started again after a power cut
 *   others         the registers could not be stored, as wh_meter_stop
 * The journal has a line on it. */
enum wh_err virtual_meter_close(struct virtual_meter *vm);

/* Lets count samples of mains pass. The supply may go off, and on again, meanwhile: powered says how it
 * ended, supply_losses that it happened. */
void virtual_meter_run(struct virtual_meter *vm, size_t count);

/* Sets the meter's clock to the computer's, its zone as cli_zone_configure. */
void virtual_meter_set_clock(struct virtual_meter *vm);

/* Bench: cuts the mains or brings it back, as seen from the meter's terminals. */
void virtual_meter_cut(struct virtual_meter *vm, bool cut);
bool virtual_meter_is_cut(const struct virtual_meter *vm);

/* Bench: holds a phase (0 … 2) of a home's mains at a voltage, as sim_home_hold_voltage; also while it is
 * cut. WH_ERR_STATE if a recording plays. */
enum wh_err virtual_meter_hold_voltage(struct virtual_meter *vm, int phase, double voltage_v);

/* Bench: a magnet near the meter, a cover open (app/inputs.h); it stays so through a power cut. Errors
 * as wh_meter_input. */
enum wh_err virtual_meter_input(struct virtual_meter *vm, enum wh_input input, bool high);

/* Bench: holds the left button for six seconds, which opens or closes the breaker on its reading
 * (BRK-2). The breaker is never a safety function. */
void virtual_meter_hold_button(struct virtual_meter *vm);

#endif
