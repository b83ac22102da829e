#pragma once

#include <stddef.h>
#include <sys/types.h>

// Declared here, since Swift's module of the C library leaves its header out.
extern ssize_t lgetxattr(const char *path, const char *name, void *value, size_t size);

// Whether a file or folder has an access control list beyond its mode (acl(5)).
static inline int nanogridata_has_access_list(const char *path) {
    return lgetxattr(path, "system.posix_acl_access", (void *)0, 0) > 0;
}
