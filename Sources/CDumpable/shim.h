#ifndef NANOGRIDATA_CDUMPABLE_H
#define NANOGRIDATA_CDUMPABLE_H

#if defined(__linux__)
#include <sys/prctl.h>
#endif

/* Takes from everybody but root the right to see this process's memory, in a dump or by attaching to
   it. prctl takes a variable number of arguments, which Swift cannot call. 0 when it is done. */
static inline int nanogridata_forbid_dumps(void) {
#if defined(__linux__)
    return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#else
    return 0;
#endif
}

#endif
