/// C that signs and encrypts frames (`docs/protocol.md`, "Frame" and "Encrypted payloads"), for
/// ``FirmwareSnippet``.
enum FirmwareCode {
    /// `nanogridata_sign`.
    static let signing = """
        /* HMAC-SHA256 by mbedTLS, which ESP-IDF and Arduino bring, or by OpenSSL. */
        #ifdef ESP_PLATFORM
        #include "mbedtls/md.h"
        static inline int nanogridata_sign(const uint8_t *bytes, size_t length, uint8_t mac[32]) {
            return mbedtls_md_hmac(mbedtls_md_info_from_type(MBEDTLS_MD_SHA256), nanogridata_mac,
                                   sizeof nanogridata_mac, bytes, length, mac) == 0;
        }
        #else
        #include <openssl/evp.h>
        #include <openssl/hmac.h>
        static inline int nanogridata_sign(const uint8_t *bytes, size_t length, uint8_t mac[32]) {
            return HMAC(EVP_sha256(), nanogridata_mac, sizeof nanogridata_mac, bytes, length, mac,
                        NULL) != NULL;
        }
        #endif

        static inline void nanogridata_header(uint8_t *frame, uint8_t type, uint32_t now, size_t length) {
            const uint8_t header[14] = {
                0xC1, 0x53, 0x01, NANOGRIDATA_MODEL, type, NANOGRIDATA_LEVEL,
                (uint8_t)(length >> 8), (uint8_t)length,
                (uint8_t)(now >> 24), (uint8_t)(now >> 16), (uint8_t)(now >> 8), (uint8_t)now,
                0x00, 0x00};
            memcpy(frame, header, sizeof header);
        }
        """

    private static let use = """
        /* Puts a signed frame around a CBOR map that has "device_id".
         * type: 1 telemetry, 2 config, 3 event, 4 command, 5 calibration. now: Unix seconds, UTC.
         * frame: room for NANOGRIDATA_FRAME_MAX bytes. Returns how many bytes to send over TCP; 0 when there
         * is no frame, since the payload is too long for instance. */
        #define NANOGRIDATA_FRAME_MAX (14 + 1024 + NANOGRIDATA_MAC_LENGTH)
        static inline size_t nanogridata_frame(uint8_t *frame, uint8_t type, uint32_t now,
                                               const uint8_t *payload, size_t length) {
        """

    /// `nanogridata_frame` for payloads that travel in the clear.
    static let plainFrame = """
        \(use)
            uint8_t mac[32];
            if (length > 1024) return 0;
            nanogridata_header(frame, type, now, length);
            memcpy(frame + 14, payload, length);
            if (!nanogridata_sign(frame, 14 + length, mac)) return 0;
            memcpy(frame + 14 + length, mac, NANOGRIDATA_MAC_LENGTH);
            return 14 + length + NANOGRIDATA_MAC_LENGTH;
        }
        """

    /// `nanogridata_frame` for payloads that are encrypted, with a random nonce.
    static let sealedFrame = """
        /* AES-256-GCM by the same libraries: encrypts in place, and puts the tag of 16 bytes behind. */
        #ifdef ESP_PLATFORM
        #include "esp_random.h"
        #include "mbedtls/gcm.h"
        static inline int nanogridata_encrypt(uint8_t nonce[12], const uint8_t *aad, size_t aad_length,
                                              uint8_t *text, size_t length) {
            mbedtls_gcm_context gcm;
            int done;
            esp_fill_random(nonce, 12);
            mbedtls_gcm_init(&gcm);
            done = mbedtls_gcm_setkey(&gcm, MBEDTLS_CIPHER_ID_AES, nanogridata_enc, 256) == 0
                && mbedtls_gcm_crypt_and_tag(&gcm, MBEDTLS_GCM_ENCRYPT, length, nonce, 12, aad, aad_length,
                                             text, text, 16, text + length) == 0;
            mbedtls_gcm_free(&gcm);
            return done;
        }
        #else
        #include <openssl/rand.h>
        static inline int nanogridata_encrypt(uint8_t nonce[12], const uint8_t *aad, size_t aad_length,
                                              uint8_t *text, size_t length) {
            EVP_CIPHER_CTX *gcm = EVP_CIPHER_CTX_new();
            int count = 0;
            int done = gcm != NULL && RAND_bytes(nonce, 12) == 1
                && EVP_EncryptInit_ex(gcm, EVP_aes_256_gcm(), NULL, nanogridata_enc, nonce) == 1
                && EVP_EncryptUpdate(gcm, NULL, &count, aad, (int)aad_length) == 1
                && EVP_EncryptUpdate(gcm, text, &count, text, (int)length) == 1
                && EVP_EncryptFinal_ex(gcm, text + length, &count) == 1
                && EVP_CIPHER_CTX_ctrl(gcm, EVP_CTRL_GCM_GET_TAG, 16, text + length) == 1;
            EVP_CIPHER_CTX_free(gcm);
            return done;
        }
        #endif

        /* The beginning of a CBOR item; returns where it ends. */
        static inline uint8_t *nanogridata_head(uint8_t *at, uint8_t major, size_t count) {
            if (count < 24) {
                *at++ = (uint8_t)(major | count);
            } else if (count < 256) {
                *at++ = major | 24;
                *at++ = (uint8_t)count;
            } else {
                *at++ = major | 25;
                *at++ = (uint8_t)(count >> 8);
                *at++ = (uint8_t)count;
            }
            return at;
        }

        \(use)
            const size_t id = sizeof NANOGRIDATA_DEVICE_ID - 1;
            uint8_t aad[14 + sizeof NANOGRIDATA_DEVICE_ID], mac[32], *at = frame + 14, *nonce;
            size_t size;
            if (length > 1024 || length + id + 36 > 1024) return 0;
            /* [device_id, nonce, ciphertext and tag] */
            at = nanogridata_head(at, 0x80, 3);
            at = nanogridata_head(at, 0x60, id);
            memcpy(at, NANOGRIDATA_DEVICE_ID, id);
            nonce = nanogridata_head(at + id, 0x40, 12);
            at = nanogridata_head(nonce + 12, 0x40, length + 16);
            memcpy(at, payload, length);
            size = (size_t)(at - frame) + length + 16;
            nanogridata_header(frame, type, now, size - 14);
            memcpy(aad, frame, 14);
            memcpy(aad + 14, NANOGRIDATA_DEVICE_ID, id);
            if (!nanogridata_encrypt(nonce, aad, 14 + id, at, length)) return 0;
            if (!nanogridata_sign(frame, size, mac)) return 0;
            memcpy(frame + size, mac, NANOGRIDATA_MAC_LENGTH);
            return size + NANOGRIDATA_MAC_LENGTH;
        }
        """
}
