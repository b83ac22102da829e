#ifndef NANOGRIDATA_CTIMEX_H
#define NANOGRIDATA_CTIMEX_H

#if defined(__linux__)
#include <sys/timex.h>
#endif

/* What the kernel knows of its clock (adjtimex(2)): whether something keeps it right, and by how much
   it may be wrong, in microseconds. Changes nothing. 0 when the kernel has told; where it has not, or
   this process may not ask, -1. */
static inline int nanogridata_read_clock_state(
    int *is_synchronised, long *estimated_error_us, long *maximum_error_us) {
#if defined(__linux__)
    struct timex state = {0};
    int result = adjtimex(&state);
    if (result < 0) {
        return -1;
    }
    *is_synchronised = result != TIME_ERROR && !(state.status & STA_UNSYNC);
    *estimated_error_us = state.esterror;
    *maximum_error_us = state.maxerror;
    return 0;
#else
    return -1;
#endif
}

#endif
