/// Takes the parts of a saved replay guard from its file, one behind the other. Nothing is read that
/// the file is too short for.
struct ReplayPartReader {
    /// Bytes before a part that hold its length.
    static let lengthBytes = 8

    private let header: ReplayHeader
    private let size: Int
    /// Where the next part begins.
    private(set) var offset: Int
    private var number = 0

    /// - Parameter size: Bytes of the file.
    init(_ header: ReplayHeader, fileBytes size: Int) {
        self.header = header
        self.size = size
        offset = header.length
    }

    /// All parts, which have to reach to the end of the file.
    ///
    /// - Throws: ``ReplayGuardError``, and what `read` throws.
    mutating func all(_ read: (Range<Int>) throws -> [UInt8]) throws -> [ReplayPart] {
        guard let count = header.parts else {
            let file = try whole(0..<size, read)
            let content = try ReplayHeader.firstVersionContent(of: file)
            return [try ReplayPart(file, content: content, version: 1, at: 0)]
        }
        var parts: [ReplayPart] = []
        for _ in 0..<count { parts.append(try next(read)) }
        try expectEnd()
        return parts
    }

    /// The next part.
    ///
    /// - Throws: ``ReplayGuardError``, and what `read` throws.
    mutating func next(_ read: (Range<Int>) throws -> [UInt8]) throws -> ReplayPart {
        let around = Self.lengthBytes + ReplayHeader.checksumBytes
        guard size - offset >= around else { throw ReplayGuardError.truncated(bytes: size) }
        let length = try whole(offset..<offset + Self.lengthBytes, read)
            .bigEndian(at: 0, as: UInt64.self)
        guard length <= size - offset - around else {
            throw ReplayGuardError.truncated(bytes: size)
        }
        let end = Self.lengthBytes + Int(length)
        let bytes = try whole(offset..<offset + end + ReplayHeader.checksumBytes, read)
        let checksum = header.checksum(ofPart: number, bytes, count: end)
        guard bytes.bigEndian(at: end, as: UInt64.self) == checksum else {
            throw ReplayGuardError.damaged(bytes: size)
        }
        let part = try ReplayPart(
            bytes, content: Self.lengthBytes..<end, version: header.version, at: offset)
        offset += bytes.count
        number += 1
        return part
    }

    /// - Throws: ``ReplayGuardError/inconsistent(offset:)`` when something follows the last part.
    func expectEnd() throws(ReplayGuardError) {
        guard offset == size else { throw .inconsistent(offset: offset) }
    }

    private func whole(
        _ range: Range<Int>, _ read: (Range<Int>) throws -> [UInt8]
    ) throws -> [UInt8] {
        let bytes = try read(range)
        guard bytes.count == range.count else { throw ReplayGuardError.truncated(bytes: size) }
        return bytes
    }
}
