/// Keys of devices that were derived and have verified a frame.
///
/// A table of fixed size in which a device has one place; who comes to a place that is taken, takes
/// it. Only genuine frames get here, so nobody without a key can push others out, and whoever is
/// pushed out costs one derivation more.
struct DeviceKeyCache: Sendable {
    private struct Entry {
        var device: UInt64
        var secret: UInt64
        var key: HMACKey
    }

    private var entries: [Entry?]
    private let mask: Int

    /// - Parameter places: A power of two.
    init(places: Int = 8_192) {
        precondition(places.nonzeroBitCount == 1)
        entries = []
        mask = places - 1
    }

    /// Whether the key that is kept for a device verifies, and the number of the secret that it is
    /// derived from; nil when none is kept.
    ///
    /// - Parameter device: Keyed hash of model and `device_id`.
    @inline(__always)
    func verifies(
        _ bytes: Span<UInt8>, _ frame: FrameBounds, device: UInt64
    ) -> (holds: Bool, secret: UInt64)? {
        guard !entries.isEmpty, let entry = entries[place(device)], entry.device == device else {
            return nil
        }
        return (entry.key.verifies(bytes, frame.authenticated, mac: frame.mac), entry.secret)
    }

    /// Keeps a key that has verified a frame.
    mutating func keep(_ key: HMACKey, device: UInt64, secret: UInt64) {
        // A gateway without device keys needs no table.
        if entries.isEmpty { entries = Array(repeating: nil, count: mask + 1) }
        entries[place(device)] = Entry(device: device, secret: secret, key: key)
    }

    /// Forgets all keys: those of secrets that are gone too.
    mutating func removeAll() {
        entries = []
    }

    private func place(_ device: UInt64) -> Int {
        Int(truncatingIfNeeded: device) & mask
    }
}
