/* Version of the legally relevant software (common/, metrology/, legal/, store/). It moves only
 * with a change there, and from the first release on always: legal/CHANGELOG.md. The checksum beside it is made by the
 * build. */
#ifndef WH_LEGAL_VERSION_H
#define WH_LEGAL_VERSION_H

#define WH_LEGAL_VERSION "LR-0.2"

/* The same as a number, as it is stored: major in the upper half, minor in the lower. */
#define WH_LEGAL_VERSION_NUMBER 0x00000002u

#endif
