/* Counts executed instructions on the emulated board, exactly.
 *
 * QEMU with "-icount shift=8" lets every instruction take 256 ns of the board's time, whatever the
 * host does. Timer 0 of the board ticks at 25 MHz, 6.4 ticks an instruction, so a difference of two
 * readings, rounded, is a whole number of instructions. (With shift=0 a tick would be 40 of them.)
 *
 * These are instructions, not the cycles of a real Cortex-M4, which takes up to 12 for a division
 * and waits for its flash. They tell whether code got longer, and they never jitter.
 *
 * Only in images run by wh_qemu_bench() (cmake/qemu.cmake); without -icount the timer shows the
 * time of the host. Source: Arm DDI 0479 (CMSDK timer); QEMU, system/introduction, "-icount".
 */
#ifndef WH_PORTS_MPS2_INSTRUCTIONS_H
#define WH_PORTS_MPS2_INSTRUCTIONS_H

#include <stdint.h>

/* Calls work(context) once. Returns the instructions executed inside it, beyond those of an empty
 * function; the call and the reading are not counted. At most 671 million (the timer wraps). */
uint32_t wh_mps2_instructions(void (*work)(void *context), void *context);

#endif
