// libcrypto's SHA-256 with its state in plain sight, so that a keyed state can be copied per frame.
#pragma once
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/crypto.h>
#include <openssl/sha.h>
