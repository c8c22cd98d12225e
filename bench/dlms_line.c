/* A load profile on a line: octets a row, and HDLC round trips of 1000 rows, in every form of rows and by what
 * the client allows: octets in a frame, frames in a window, and a PDU as the meter has it or of any length. */
#include <stdio.h>

#include "dlms/hdlc_client.h"
#include "dlms/hdlc_cosem.h"
#include "dlms/rows.h"
#include "dlms_pair.h"
#include "figure.h"
#include "ports/linux/crypto_openssl.h"

enum { FRAME = 2030 + DLMS_HDLC_OVERHEAD, METER_PDU = 1024 };

struct turn {
    uint8_t octets[20000];
    size_t length;
};

/* Both stations. */
struct line {
    struct dlms_hdlc_settings settings;
    struct dlms_hdlc_client_settings client_settings;
    struct dlms_hdlc_link link;
    struct dlms_hdlc_server server;
    struct dlms_hdlc_client client;
    uint8_t frames[2][FRAME];
    uint8_t request[PAIR_PDU + DLMS_HDLC_LLC];
    uint8_t answers[2][PAIR_LONGEST + DLMS_HDLC_LLC];
    struct turn turn;
    size_t turns; /* round trips: a turn of the client and one of the server */
};

static void line_init(struct line *line, struct pair *pair, struct dlms_hdlc_parameters parameters)
{
    line->settings = (struct dlms_hdlc_settings){.physical_address = 17,
                                                 .forms = DLMS_HDLC_FORM_ANY,
                                                 .parameters = parameters,
                                                 .handler = &dlms_hdlc_link_handler,
                                                 .context = &pair->link};
    line->client_settings = (struct dlms_hdlc_client_settings){.client_sap = pair->client_sap,
                                                               .server = {4, 1, 17},
                                                               .parameters = parameters,
                                                               .response_ms = 1000,
                                                               .answer_ms = 100000,
                                                               .retries = 1};
    line->link = (struct dlms_hdlc_link){.request = line->request,
                                         .request_size = sizeof line->request,
                                         .answer = line->answers[0],
                                         .answer_size = PAIR_LONGEST};
    dlms_hdlc_server_init(&line->server, &line->settings, &line->link, 1, line->frames[0], FRAME);
    dlms_hdlc_client_init(&line->client, &line->client_settings, line->frames[1], FRAME,
                          line->answers[1], sizeof line->answers[1]);
}

/* A turn of each, on a line that loses nothing; what happens at the client's end. */
static enum dlms_hdlc_event take_turns(struct line *line, struct dlms_span *apdu)
{
    struct turn *turn = &line->turn;
    turn->length = dlms_hdlc_client_output(&line->client, 0, turn->octets, sizeof turn->octets);
    require(turn->length > 0, "going on over HDLC");
    line->turns++;
    dlms_hdlc_server_input(&line->server, 0, turn->octets, turn->length);
    turn->length = dlms_hdlc_server_output(&line->server, 0, turn->octets, sizeof turn->octets);
    dlms_hdlc_client_input(&line->client, 0, turn->octets, turn->length);
    const enum dlms_hdlc_event event = dlms_hdlc_client_event(&line->client, apdu);
    require(event != DLMS_HDLC_FAILED, "HDLC");
    return event;
}

/* From the request to the last of the 1000 rows; association and connection are not counted. */
static size_t count_round_trips(struct pair *pair, struct dlms_hdlc_parameters parameters)
{
    static struct line line;
    struct dlms_span apdu;
    uint8_t room[PAIR_PARAMETERS];
    const struct dlms_client_attribute attribute = pair_thousand(room);
    line_init(&line, pair, parameters);
    dlms_hdlc_client_connect(&line.client, 0);
    require(take_turns(&line, &apdu) == DLMS_HDLC_CONNECTED, "connecting");
    line.turns = 0;
    enum dlms_client_status status = dlms_client_get(&pair->client, &attribute);
    while (status == DLMS_CLIENT_SEND) {
        dlms_hdlc_client_send(&line.client, 0, dlms_client_output(&pair->client), true);
        while (take_turns(&line, &apdu) != DLMS_HDLC_ANSWER) {
        }
        status = dlms_client_received(&pair->client, apdu);
    }
    require(status == DLMS_CLIENT_DONE && pair_count_rows(pair) == PAIR_SELECTED,
            "reading over HDLC");
    return line.turns;
}

/* ---- The table ---- */

enum { LINES = 5, FORMS = 4 };

static const struct dlms_hdlc_parameters lines[LINES] = {
    {128, 128, 1, 1, false},  {128, 128, 7, 7, false},  {512, 512, 7, 7, true},
    {2030, 2030, 1, 1, true}, {2030, 2030, 7, 7, true},
};

static void print_line(const struct dlms_crypto *crypto, struct dlms_hdlc_parameters parameters,
                       uint16_t pdu, size_t trips[FORMS], size_t octets[FORMS])
{
    static struct pair pair;
    char name[30] = "any";
    if (pdu != PAIR_LONGEST) {
        snprintf(name, sizeof name, "%u", pdu);
    }
    printf("  %5u  %u  %5s ", parameters.transmit_size, parameters.transmit_window, name);
    for (int form = 0; form < FORMS; form++) {
        pair_init(&pair, &(struct pair_setup){.crypto = crypto, .form = form, .client_pdu = pdu});
        require(pair_associate(&pair), "associating");
        trips[form] = count_round_trips(&pair, parameters);
        octets[form] = dlms_client_value(&pair.client).length;
        printf("%8zu", trips[form]);
    }
    printf("\n");
}

int main(void)
{
    static const uint16_t pdus[] = {METER_PDU, PAIR_LONGEST};
    size_t trips[FORMS];
    size_t octets[FORMS];
    struct dlms_openssl *openssl = dlms_openssl_new();
    require(openssl != NULL, "OpenSSL");
    printf("HDLC round trips of 1000 rows, rows as\n"
           "  frame  window PDU    plain    null   delta compact\n");
    for (int line = 0; line < LINES; line++) {
        for (int pdu = 0; pdu < 2; pdu++) {
            print_line(dlms_openssl_crypto(openssl), lines[line], pdus[pdu], trips, octets);
        }
    }
    printf("  octets a row        ");
    for (int form = 0; form < FORMS; form++) {
        printf("%8.1f", (double)octets[form] / PAIR_SELECTED);
    }
    printf("\n");
    figure("octets a row, delta", "19.8", "<= 7", (double)octets[DLMS_ROWS_DELTA] / PAIR_SELECTED);
    figure("HDLC round trips of 1000 rows, plain, frames of 2030, window 7", "160", "<= 12",
           (double)trips[DLMS_ROWS_PLAIN]);
    dlms_openssl_free(openssl);
    return 0;
}
