#pragma once

#include <spawn.h>
#include <wchar.h>

// The C library shows these only to those who ask for GNU's extensions, which Swift does not.
extern int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *, int);
extern int posix_spawn_file_actions_addchdir_np(posix_spawn_file_actions_t *, const char *);

extern int posix_openpt(int);
extern int grantpt(int);
extern int unlockpt(int);
extern char *ptsname(int);
extern int wcwidth(wchar_t);

// POSIX_SPAWN_SETSID, for the same reason.
static const int nanogridata_new_session = 0x80;

static inline int nanogridata_close_from(posix_spawn_file_actions_t *actions, int descriptor) {
    return posix_spawn_file_actions_addclosefrom_np(actions, descriptor);
}

static inline int nanogridata_work_in(posix_spawn_file_actions_t *actions, const char *folder) {
    return posix_spawn_file_actions_addchdir_np(actions, folder);
}
