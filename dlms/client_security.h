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
    uint8_t *plain;
    size_t plain_size;
};

/* Requests go out under cover (not plain, and without a dedicated key), and only answers that are
 * protected at least as well are taken, signed where the requests are. Signed requests need
 * DLMS_CONFORMANCE_GENERAL_PROTECTION, and keys in security; an Initiate is never signed. security is what the client holds: own_title and keys;
 * peer_title, or all zeros for whatever server the AARE names (not with DLMS_ENVELOPE_GENERAL and _WRAPPED, where
 * the AARQ already says whom it is for). plain has room for one answer. All stay
 * the caller's and in place. */
void dlms_client_cover_init(struct dlms_client_cover *cover, const struct dlms_client *client,
                            struct dlms_security *security, struct dlms_cover how, uint8_t *plain,
                            size_t plain_size);

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
