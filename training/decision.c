#include "training/decision.h"

#include <stdlib.h>
#include <string.h>

void sectag_decisions_release(sectag_decisions *d) {
    free(d->data);
    free(d->values);
    sectag_buf_release(&d->strings);
    memset(d, 0, sizeof *d);
}
