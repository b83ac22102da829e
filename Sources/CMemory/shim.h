#pragma once

#include <stdlib.h>
#if defined(__GLIBC__)
#include <malloc.h>
#endif

// Gives what the allocator keeps of freed memory back to the system, where it can be asked for that.
static inline void nanogridata_give_back_memory(void) {
#if defined(__GLIBC__)
    malloc_trim(0);
#endif
}
