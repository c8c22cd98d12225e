/* Start and end of an image on QEMU's mps2-an386: from reset to main, from main to QEMU's exit
 * code.
 *
 * Invariant: an image never ends silently. A return from main becomes the exit code of QEMU, every
 * fault becomes a line on stderr with its address and exit code 70. Code and constants are
 * read-only and a division by zero is a fault, so that what would fault on Linux faults here too.
 * Sources: ARMv7-M Architecture Reference Manual (B1.5 exceptions, B3.2 system control, B3.5 MPU);
 * Arm semihosting (SYS_WRITE0, SYS_EXIT_EXTENDED).
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    SYS_WRITE0 = 0x04,
    SYS_EXIT_EXTENDED = 0x20,
    ADP_STOPPED_APPLICATION_EXIT = 0x20026,
    EXIT_FAULT = 70, /* EX_SOFTWARE of sysexits.h */
};

/* The linker script's: only their addresses mean something. */
extern uint32_t wh_mps2_stack_top[], wh_mps2_data_image[];
extern uint8_t wh_mps2_data_start[], wh_mps2_data_end[], wh_mps2_bss_start[], wh_mps2_bss_end[];

extern void initialise_monitor_handles(void); /* librdimon: opens the semihosting stdio */
extern int main(void);

void _fini(void);
void wh_mps2_reset(void);
void wh_mps2_fault_report(const uint32_t *frame);
_Noreturn void _exit(int status);

static volatile uint32_t *reg(uintptr_t address)
{
    return (volatile uint32_t *)address;
}

static uint32_t semihost(uint32_t operation, const void *argument)
{
    register uint32_t r0 __asm__("r0") = operation;
    register const void *r1 __asm__("r1") = argument;
    __asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
    return r0;
}

/* Replaces librdimon's, which loses the exit code on a semihosting host without extensions. */
_Noreturn void _exit(int status)
{
    const uint32_t block[2] = {ADP_STOPPED_APPLICATION_EXIT, (uint32_t)status};
    for (;;) {
        semihost(SYS_EXIT_EXTENDED, block);
    }
}

/* newlib's exit() calls it; C has nothing to tear down. */
void _fini(void)
{
}

/* No stdio here: the fault may have come from inside it, or from a full stack. */
static void put_hex(const char *label, uint32_t value)
{
    char text[9];
    for (int digit = 7; digit >= 0; digit--, value >>= 4) {
        text[digit] = "0123456789abcdef"[value & 15u];
    }
    text[8] = '\0';
    semihost(SYS_WRITE0, label);
    semihost(SYS_WRITE0, text);
}

/* frame is what the core pushed: r0-r3, r12, lr, pc, xPSR. */
void wh_mps2_fault_report(const uint32_t *frame)
{
    put_hex("\nfault at pc ", frame[6]);
    put_hex(", called from ", frame[5]);
    put_hex(", CFSR ", *reg(0xe000ed28));
    put_hex(", address ", *reg(0xe000ed34));
    semihost(SYS_WRITE0, "\n");
    _exit(EXIT_FAULT);
}

__attribute__((naked)) static void fault(void)
{
    __asm__ volatile("mrs r0, msp\n b wh_mps2_fault_report");
}

static void protect(void)
{
    enum { SIZE_4M = 21, SIZE_4G = 31, READ_ONLY = 6, READ_WRITE = 3 };
    *reg(0xe000ed14) |= 1u << 4;                  /* CCR: DIV_0_TRP */
    *reg(0xe000ed24) |= 7u << 16;                 /* SHCSR: all faults on */
    *reg(0xe000ed9c) = 0x00000000u | 1u << 4 | 0; /* region 0: everything */
    *reg(0xe000eda0) = (uint32_t)READ_WRITE << 24 | SIZE_4G << 1 | 1u;
    *reg(0xe000ed9c) = 0x00000000u | 1u << 4 | 1; /* region 1: SSRAM 1 */
    *reg(0xe000eda0) = (uint32_t)READ_ONLY << 24 | SIZE_4M << 1 | 1u;
    *reg(0xe000ed94) = 1u; /* MPU_CTRL: enable */
    __asm__ volatile("dsb\n isb");
}

void wh_mps2_reset(void)
{
    memcpy(wh_mps2_data_start, wh_mps2_data_image, (size_t)(wh_mps2_data_end - wh_mps2_data_start));
    memset(wh_mps2_bss_start, 0, (size_t)(wh_mps2_bss_end - wh_mps2_bss_start));
    protect();
    initialise_monitor_handles();
    exit(main());
}

struct vectors {
    uint32_t *stack;
    void (*handler[15])(void);
};

__attribute__((section(".vectors"), used)) static const struct vectors vectors = {
    wh_mps2_stack_top,
    {wh_mps2_reset, fault, fault, fault, fault, fault, fault, fault, fault, fault, fault, fault,
     fault, fault, fault},
};
