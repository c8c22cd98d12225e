/* Both ends of DLMS on this machine: reading 1000 rows {clock, status, register} out of 10000, plain and
 * authenticated and encrypted, in every form of rows; one row by its time; associations with high level security;
 * many clients at once. */
#include <stdio.h>

#include "dlms/rows.h"
#include "dlms_pair.h"
#include "figure.h"
#include "ports/linux/crypto_openssl.h"

enum { ROUNDS = 50, ASSOCIATIONS = 200, CLIENTS = 32, SMALL_BUFFER = 4096 };

struct times {
    double server_ms;
    double both_ms;
};

/* The best of many rounds: what it takes when nobody is in the way. */
static struct times read_rows(struct pair *pair, const struct dlms_client_attribute *attribute,
                              size_t rows)
{
    struct times best = {1e18, 1e18};
    for (int round = 0; round < ROUNDS; round++) {
        const double before_ms = now_ms();
        require(pair_finish(pair, dlms_client_get(&pair->client, attribute)) == DLMS_CLIENT_DONE,
                "reading the profile");
        require(pair_count_rows(pair) == rows, "number of rows");
        const double taken_ms = now_ms() - before_ms;
        best.both_ms = taken_ms < best.both_ms ? taken_ms : best.both_ms;
        best.server_ms = pair->server_ms < best.server_ms ? pair->server_ms : best.server_ms;
    }
    return best;
}

/* Without security, and with it. */
static void read_both(const struct dlms_crypto *crypto, int form, bool one_row,
                      struct times times[2])
{
    static struct pair pair;
    uint8_t room[PAIR_PARAMETERS];
    const struct dlms_client_attribute attribute =
        one_row ? pair_one_row(room) : pair_thousand(room);
    for (int i = 0; i < 2; i++) {
        pair_init(&pair,
                  &(struct pair_setup){.crypto = crypto, .is_ciphered = i == 1, .form = form});
        require(pair_associate(&pair), "associating");
        times[i] = read_rows(&pair, &attribute, one_row ? 1 : PAIR_SELECTED);
    }
}

static void print_forms(const struct dlms_crypto *crypto)
{
    static const char *const names[] = {"plain", "null", "delta", "compact"};
    struct times times[2];
    printf("DLMS, 1000 rows {clock, status, register} out of 10000, PDU %d, ms on this machine\n"
           "             plain            suite 0\n"
           "  rows       server    both   server    both\n",
           PAIR_PDU);
    for (int form = DLMS_ROWS_COMPACT; form >= DLMS_ROWS_PLAIN; form--) {
        read_both(crypto, form, false, times);
        printf("  %-8s %8.3f%8.3f%9.3f%8.3f\n", names[form], times[0].server_ms, times[0].both_ms,
               times[1].server_ms, times[1].both_ms);
    }
    figure("1000 rows, both ends, plain, ms", "1.69", "<= 0.15", times[0].both_ms);
    figure("1000 rows, both ends, suite 0, ms", "3.70", "<= 0.30", times[1].both_ms);
}

static void print_one_row(const struct dlms_crypto *crypto)
{
    struct times times[2];
    read_both(crypto, DLMS_ROWS_PLAIN, true, times);
    printf("One row of 10000 by range, both ends: plain %.1f us, suite 0 %.1f us\n",
           times[0].both_ms * 1e3, times[1].both_ms * 1e3);
    figure("one row by range out of 10000, both ends, us", "5080", "<= 10", times[0].both_ms * 1e3);
}

static void print_associations(const struct dlms_crypto *crypto)
{
    static struct pair pair;
    double best_ms = 1e18;
    pair_init(&pair, &(struct pair_setup){.crypto = crypto, .is_ciphered = true});
    for (int round = 0; round < ROUNDS; round++) {
        const double before_ms = now_ms();
        for (int i = 0; i < ASSOCIATIONS; i++) {
            require(pair_associate(&pair), "associating");
        }
        const double taken_ms = now_ms() - before_ms;
        best_ms = taken_ms < best_ms ? taken_ms : best_ms;
    }
    const double a_second = ASSOCIATIONS / best_ms * 1e3;
    printf("Associations with GMAC, ciphered, both ends: %.0f a second\n", a_second);
    figure("HLS-5 associations a second, both ends", "5700", ">= 10000", a_second);
}

/* Each on a connection of its own, and all of them in the middle of an answer that no buffer holds. */
static void print_clients(const struct dlms_crypto *crypto)
{
    static struct pair pairs[CLIENTS];
    enum dlms_client_status status[CLIENTS];
    uint8_t room[PAIR_PARAMETERS];
    const struct dlms_client_attribute attribute = pair_thousand(room);
    int busy = CLIENTS;
    int served = 0;
    for (int i = 0; i < CLIENTS; i++) {
        struct pair *pair = &pairs[i];
        pair_init(pair, &(struct pair_setup){.crypto = crypto, .long_buffer_size = SMALL_BUFFER});
        pair->link.server = &pairs[0].server; /* one port */
        require(pair_associate(pair), "associating");
        status[i] = dlms_client_get(&pair->client, &attribute);
    }
    while (busy > 0) {
        busy = 0;
        for (int i = 0; i < CLIENTS; i++) {
            if (status[i] == DLMS_CLIENT_SEND) {
                status[i] = pair_exchange(&pairs[i]);
                busy++;
            }
        }
    }
    for (int i = 0; i < CLIENTS; i++) {
        served += status[i] == DLMS_CLIENT_DONE && pair_count_rows(&pairs[i]) == PAIR_SELECTED;
    }
    printf("Clients at once on one port, reading 1000 rows in turns, block by block: %d of %d\n",
           served, CLIENTS);
    figure("clients at once on one port", "", ">= 8", served);
}

int main(void)
{
    struct dlms_openssl *openssl = dlms_openssl_new();
    require(openssl != NULL, "OpenSSL");
    const struct dlms_crypto *crypto = dlms_openssl_crypto(openssl);
    print_forms(crypto);
    print_one_row(crypto);
    print_associations(crypto);
    print_clients(crypto);
    dlms_openssl_free(openssl);
    return 0;
}
