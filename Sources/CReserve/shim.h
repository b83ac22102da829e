#pragma once

#include <linux/falloc.h>
#include <sys/types.h>

// The C library shows it only to those who ask for GNU's extensions, which Swift does not.
extern int fallocate(int descriptor, int mode, off_t offset, off_t length);

// Has the file system set room aside in a file without making it larger.
static inline int nanogridata_reserve(int descriptor, off_t offset, off_t length) {
    return fallocate(descriptor, FALLOC_FL_KEEP_SIZE, offset, length);
}
