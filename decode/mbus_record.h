/* Records of M-Bus user data (EN 13757-3). Internal. */
#ifndef DECODE_MBUS_RECORD_H
#define DECODE_MBUS_RECORD_H

#include "decode/cursor.h"

/* Shows the records from the cursor to its end. */
void decode_mbus_records(struct decode_cursor *cursor);

#endif
