/* Whatever comes in: no byte too many is touched (AddressSanitizer watches exact-size buffers) and
 * what goes out is either nothing or an APDU a server may send, within the client's size. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "peer.h"

/* Long requests are of several literals. NOLINTBEGIN(bugprone-suspicious-missing-comma) */
static const char *const requests[] = {
    "601DA109060760857405080101BE10040E01000000065F1F040000181DFFFF",
    "6033A1090607608574050801018A0207808B0760857405080201AC0780053132333435BE10040E01000000065F1F04"
    "0000FE1FFFFF",
    "6066A109060760857405080103A60A04084D4D4D0000BC614E8A0207808B0760857405080201AC0A80083132333435"
    "363738BE34043221303001234567801302FF8A7874133D414CED25B42534D28DB0047720606B175BD52211BE6841DB"
    "204D39EE6FDB8E356855",
    "6203800100",
    "C001C1000100002B0100FF0200",
    "C001C1000F0000280000FF0200",
    "C0018100070101630100FF0201010204020412000809060001010000FF0F02120000090C07DD0A19FF000000008000"
    "80090C07DD0A1AFF000000008000800100",
    "C002C100000001",
    "C003C103000100002B0100FF0200000F0000280000FF020000030101010800FF0300",
    "C101C1000100002B0100FF02001100",
    "C104C102000100002B0100FF0200000100FF2B0100FF02000211000900",
    "C301C1000F0000280000FF01010900",
    "C101C100010000603200FF02000600001391",
    "C102C100010000603200FF0200000000000103090422",
    "C103C1010000000203334455",
    "C104C10200010000603200FF020000010000603201FF020002110112000A",
    "C105C10200010000603200FF020000010000603201FF0200000000000103021101",
    "C301C1000900000A0000FF010109020102",
    "C301C1000900000A0000FF0401120064",
    "C302C100000001",
    "C303C102000900000A0000FF01000900000A0000FF040211071200AA",
    "C304C1000900000A0000FF01000000000103090422",
    "C306C1010000000203334455",
    "C305C102000900000A0000FF01000900000A0000FF02000000000103021107",
};
/* NOLINTEND(bugprone-suspicious-missing-comma) */

enum {
    REQUESTS = sizeof requests / sizeof requests[0],
    VARIANTS = 5,
    OPEN_VARIANTS = 3, /* the first of them are associated */
};

static void assert_answer_is_a_servers(const struct peer *peer)
{
    static const uint8_t tags[] = {0x61, 0x63, 0xC4, 0xC5, 0xC7, 0xD8};
    if (peer->reply_length == 0) {
        return;
    }
    assert_non_null(memchr(tags, peer->reply[0], sizeof tags));
    assert_true(peer->reply[0] == 0x61 || peer->reply_length <= 64);
}

static void open_one(struct peer *peer, int variant)
{
    static const uint16_t clients[] = {DEVICE_EVERYTHING, DEVICE_PASSWORD, DEVICE_WRITER,
                                       DEVICE_EVERYTHING, DEVICE_PASSWORD};
    peer_init(peer, clients[variant], 200);
    if (variant < OPEN_VARIANTS) {
        peer_open(peer, 64);
    }
    if (variant == 0) {
        peer_ask(peer, "C001C1000F0000280000FF0200");
    }
}

static void test_every_request_cut_at_every_byte(void **state)
{
    (void)state;
    for (size_t i = 0; i < REQUESTS; i++) {
        uint8_t apdu[256];
        const size_t length = peer_bytes(requests[i], apdu, sizeof apdu);
        for (size_t cut = 0; cut <= length; cut++) {
            for (int variant = 0; variant < VARIANTS; variant++) {
                struct peer peer;
                open_one(&peer, variant);
                peer_send(&peer, apdu, cut);
                assert_answer_is_a_servers(&peer);
                const bool is_open =
                    dlms_link_association(&peer.link, peer.client_sap, peer.server_sap) != NULL;
                /* What is cut opens nothing and is no service that was carried out. */
                assert_true(cut == length || !is_open || variant < OPEN_VARIANTS);
                assert_true(cut == length || peer.reply_length == 0 || peer.reply[0] == 0xD8 ||
                            peer.reply[0] == 0x61);
            }
        }
    }
}

static uint32_t next_random(uint32_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

static size_t mutate(uint8_t *apdu, size_t length, size_t size, uint32_t *random)
{
    const uint32_t count = 1 + next_random(random) % 4;
    for (uint32_t i = 0; i < count && length > 0; i++) {
        const size_t at = next_random(random) % length;
        switch (next_random(random) % 4) {
        case 0:
            apdu[at] = (uint8_t)next_random(random);
            break;
        case 1:
            apdu[at] ^= (uint8_t)(1u << next_random(random) % 8);
            break;
        case 2: /* drop a byte */
            memmove(apdu + at, apdu + at + 1, length - at - 1);
            length--;
            break;
        default: /* double a byte */
            if (length < size) {
                memmove(apdu + at + 1, apdu + at, length - at);
                length++;
            }
        }
    }
    return length;
}

/* One link each hears a long sequence of damaged requests, as a server on the open net would. */
static void test_many_damaged_requests(void **state)
{
    (void)state;
    uint32_t random = 20240205;
    for (int round = 0; round < 250; round++) {
        struct peer peer;
        open_one(&peer, round % VARIANTS);
        for (int i = 0; i < 500; i++) {
            uint8_t apdu[300];
            size_t length = peer_bytes(requests[next_random(&random) % REQUESTS], apdu, 256);
            if (next_random(&random) % 4 != 0) {
                length = mutate(apdu, length, sizeof apdu, &random);
            }
            peer_send(&peer, apdu, length);
            if (peer.reply_length > 0) {
                assert_true(peer.reply_length <= PEER_REPLY);
            }
            peer.device.epoch += next_random(&random) % 16 == 0;
        }
    }
}

/* However little room the caller gives: nothing, or an answer that fits. */
static void test_every_reply_size(void **state)
{
    (void)state;
    for (size_t size = 1; size < 100; size++) {
        for (size_t i = 0; i < REQUESTS; i++) {
            struct peer peer;
            open_one(&peer, 0);
            peer.reply_size = size;
            peer_ask(&peer, requests[i]);
            assert_true(peer.reply_length <= size);
            assert_true(size < 64 || i == 1 || peer.reply_length > 0);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_request_cut_at_every_byte),
        cmocka_unit_test(test_many_damaged_requests),
        cmocka_unit_test(test_every_reply_size),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
