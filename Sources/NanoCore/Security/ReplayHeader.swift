/// The beginning of a saved replay guard: `NGREPLAY`, version, key mode, hash key, number of parts, what
/// it covers, and a checksum over these. One part for each shard follows (``ReplayPart``). Integers are
/// big-endian.
///
/// Up to version 3 nothing is said of what it covers. Version 1 ends behind the hash key. What follows there is the content of a single part, and a
/// checksum over the whole file. Versions differ in what a part says, too (``ReplayPart``).
struct ReplayHeader {
    static let currentVersion: UInt16 = 5
    /// Bytes of the longest header.
    static let greatestLength = 48
    static let checksumBytes = 8
    private static let magic = [UInt8]("NGREPLAY".utf8)
    private static let firstVersionLength = 28
    /// Of versions 2 and 3; version 1 has as many bytes, too.
    private static let formerLength = 40

    let version: UInt16
    let hashKey: (UInt64, UInt64)
    let keyMode: ReplayGuard.KeyMode
    /// Nil in version 1.
    let parts: Int?
    /// The number of the last group of frames of which all are in it; nil up to version 3.
    let covered: UInt64?
    /// The header's own, which enters those of the parts.
    let checksum: UInt64

    init(
        hashKey: (UInt64, UInt64), keyMode: ReplayGuard.KeyMode, parts: Int, covered: UInt64
    ) {
        version = Self.currentVersion
        self.covered = covered
        self.hashKey = hashKey
        self.keyMode = keyMode
        self.parts = parts
        let bytes = Self.unchecked(hashKey, keyMode, parts, covered)
        checksum = Self.checksum(of: bytes, count: Self.greatestLength - Self.checksumBytes)
    }

    /// Bytes of it.
    var length: Int { Self.length(version) }

    private static func length(_ version: UInt16) -> Int {
        version < 4 ? formerLength : greatestLength
    }

    /// The header as it is saved.
    var encoded: [UInt8] {
        var bytes = Self.unchecked(hashKey, keyMode, parts ?? 1, covered ?? 0)
        bytes.store(bigEndian: checksum, at: Self.greatestLength - Self.checksumBytes)
        return bytes
    }

    private static func unchecked(
        _ hashKey: (UInt64, UInt64), _ keyMode: ReplayGuard.KeyMode, _ parts: Int,
        _ covered: UInt64
    ) -> [UInt8] {
        var bytes = magic + [UInt8](repeating: 0, count: greatestLength - magic.count)
        bytes.store(bigEndian: currentVersion, at: 8)
        bytes.store(bigEndian: UInt16(keyMode.rawValue), at: 10)
        bytes.store(bigEndian: hashKey.0, at: 12)
        bytes.store(bigEndian: hashKey.1, at: 20)
        bytes.store(bigEndian: UInt32(parts), at: 28)
        bytes.store(bigEndian: covered, at: 32)
        return bytes
    }

    /// - Parameters:
    ///   - bytes: The first of the file, ``greatestLength`` of them if there are as many.
    ///   - size: Bytes of the whole file.
    /// - Throws: ``ReplayGuardError``, also when the guard was kept under another key mode.
    init(
        _ bytes: [UInt8], fileBytes size: Int, expecting configured: ReplayGuard.KeyMode
    ) throws(ReplayGuardError) {
        guard bytes.starts(with: Self.magic) else { throw .notAReplayGuard }
        guard bytes.count >= Self.formerLength else { throw .truncated(bytes: size) }
        version = bytes.bigEndian(at: 8, as: UInt16.self)
        guard version > 0 else { throw .inconsistent(offset: 8) }
        guard version <= Self.currentVersion else {
            throw .newerVersion(found: version, supported: Self.currentVersion)
        }
        let checked = Self.length(version) - Self.checksumBytes
        guard bytes.count >= Self.length(version) else { throw .truncated(bytes: size) }
        checksum = Self.checksum(of: bytes, count: checked)
        // Version 1 is checked as a whole, later.
        let saved = bytes.bigEndian(at: checked, as: UInt64.self)
        guard version == 1 || checksum == saved else { throw .damaged(bytes: size) }
        let mode = bytes.bigEndian(at: 10, as: UInt16.self)
        guard let keyMode = UInt8(exactly: mode).flatMap(ReplayGuard.KeyMode.init(rawValue:)) else {
            throw .inconsistent(offset: 10)
        }
        guard keyMode == configured else {
            throw .keyModeChanged(saved: keyMode, configured: configured)
        }
        self.keyMode = keyMode
        hashKey = (
            bytes.bigEndian(at: 12, as: UInt64.self), bytes.bigEndian(at: 20, as: UInt64.self)
        )
        parts = version == 1 ? nil : Int(bytes.bigEndian(at: 28, as: UInt32.self))
        covered = version < 4 ? nil : bytes.bigEndian(at: 32, as: UInt64.self)
    }

    /// The checksum of a part with its length. It depends on the part's number, so that parts cannot
    /// change places.
    func checksum(ofPart number: Int, _ bytes: [UInt8], count: Int) -> UInt64 {
        SipHash(key: (checksum, UInt64(number))).hash(bytes.span, 0..<count)
    }

    /// Where the content lies in a file of version 1, given all of it.
    ///
    /// - Throws: ``ReplayGuardError/damaged(bytes:)``.
    static func firstVersionContent(of file: [UInt8]) throws(ReplayGuardError) -> Range<Int> {
        let end = file.count - checksumBytes
        guard file.bigEndian(at: end, as: UInt64.self) == checksum(of: file, count: end) else {
            throw .damaged(bytes: file.count)
        }
        return firstVersionLength..<end
    }

    private static func checksum(of bytes: [UInt8], count: Int) -> UInt64 {
        SipHash(key: (0, 0)).hash(bytes.span, 0..<count)
    }
}
