// Tells the thread sanitizer of a Mutex that somebody has to wait for.
//
// Where nobody waits, Mutex of Swift's module Synchronization is an atomic operation in the code that
// uses it, which the sanitizer sees. Where somebody does, it is a call of a library that is built
// without the sanitizer, and the kernel hands the lock over: whatever the lock protects would look
// like a race. This is loaded in front of that library (LD_PRELOAD), and says what happens.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdbool.h>
#include <stdint.h>

// Absent in programs that are not sanitized.
__attribute__((weak)) void __tsan_acquire(void *address);
__attribute__((weak)) void __tsan_release(void *address);

#define SWIFT __attribute__((swiftcall))
#define SELF __attribute__((swift_context)) void *self

// Synchronization._MutexHandle: _lockSlow(_:), _tryLockSlow(), _unlockSlow().
#define LOCK "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define TRY "$s15Synchronization12_MutexHandleV12_tryLockSlowSbyF"
#define UNLOCK "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"

SWIFT void nanogridata_lock(uint32_t thread, SELF) __asm__(LOCK);
SWIFT bool nanogridata_try(SELF) __asm__(TRY);
SWIFT void nanogridata_unlock(SELF) __asm__(UNLOCK);

SWIFT void nanogridata_lock(uint32_t thread, SELF) {
  ((SWIFT void (*)(uint32_t, SELF))dlsym(RTLD_NEXT, LOCK))(thread, self);
  if (__tsan_acquire) __tsan_acquire(self);
}

SWIFT bool nanogridata_try(SELF) {
  bool is_locked = ((SWIFT bool (*)(SELF))dlsym(RTLD_NEXT, TRY))(self);
  if (is_locked && __tsan_acquire) __tsan_acquire(self);
  return is_locked;
}

SWIFT void nanogridata_unlock(SELF) {
  if (__tsan_release) __tsan_release(self);
  ((SWIFT void (*)(SELF))dlsym(RTLD_NEXT, UNLOCK))(self);
}
