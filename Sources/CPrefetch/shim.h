#pragma once

// Asks the processor to fetch the memory at an address that will soon be read and written.
static inline void nanogridata_prefetch(const void *address) {
    __builtin_prefetch(address, 1, 3);
}
