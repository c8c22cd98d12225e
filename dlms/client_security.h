/* The client's side of ciphering and high level authentication, 5-3: security.h put where client.h has
 * its places for it.
 *
 *     Ciphering.  dlms_client_cover_init, its protection into the settings, then as without.
 *     HLS.        dlms_client_challenge before associating; when the status is CHALLENGED,
 *                 dlms_client_prove, which is an operation like any other; when that is done,
 *                 dlms_client_judge says whether the server, too, is who it says it is.
 */
#ifndef DLMS_CLIENT_SECURITY_H
#define DLMS_CLIENT_SECURITY_H

#include "dlms/client.h"
#include "dlms/security.h"

/* ---- Ciphering ---- */

struct dlms_client_cover {
    struct dlms_client_protection protection; /* for dlms_client_settings; the rest is internal */
    const struct dlms_client *client;
    struct dlms_security *security;
    struct dlms_cover cover;
    struct dlms_dedicated dedicated;
    uint8_t *plain;
    size_t plain_size;
};

/* Requests go out under cover (not plain), and only answers that are protected at least as well are taken,
 * signed where the requests are, under the key of the request, and not under the broadcast key. Signed requests need DLMS_CONFORMANCE_GENERAL_PROTECTION; an Initiate is
 * never signed, and goes under the global key. security is what the client holds: own_title and keys;
 * peer_title, or all zeros for whatever server the AARE names. plain has room for one answer. All stay
 * the caller's and in place. */
void dlms_client_cover_init(struct dlms_client_cover *cover, const struct dlms_client *client,
                            struct dlms_security *security, struct dlms_cover how, uint8_t *plain,
                            size_t plain_size);

/* For a cover with DLMS_ENVELOPE_DED or _GENERAL_DED, before each dlms_client_associate: draws the key of that
 * association, and puts it into settings. False: the random numbers failed. */
bool dlms_client_dedicate(struct dlms_client_cover *cover, struct dlms_client_settings *settings);

/* ---- High level authentication ---- */

/* The caller sets mechanism (3 … 7), crypto and what the mechanism needs of security, secret and
 * own_title in hls; the rest is internal. */
struct dlms_client_hls {
    struct dlms_hls hls;
    uint8_t own_challenge[DLMS_CHALLENGE_MAX];
    uint8_t server_challenge[DLMS_CHALLENGE_MAX];
    uint8_t proof[2 + DLMS_HLS_ANSWER_MAX]; /* an octet-string */
};

/* Draws a fresh challenge, and puts it and the mechanism into settings. False: the random numbers
 * failed. */
bool dlms_client_challenge(struct dlms_client_hls *hls, struct dlms_client_settings *settings);

/* After DLMS_CLIENT_CHALLENGED: sends f(StoC) by reply_to_HLS_authentication. DLMS_CLIENT_ERR_SECURITY:
 * the challenge is none (8 … 64 octets, not our own), or there is no proof to it. */
enum dlms_client_status dlms_client_prove(struct dlms_client *client, struct dlms_client_hls *hls);

/* When that is done: DLMS_CLIENT_DONE, the server's f(CtoS) is right. DLMS_CLIENT_ERR_SECURITY: it is
 * missing or wrong; the client takes the association for ended, and nothing should be sent to that
 * server any more. */
enum dlms_client_status dlms_client_judge(struct dlms_client *client,
                                          const struct dlms_client_hls *hls);

#endif
