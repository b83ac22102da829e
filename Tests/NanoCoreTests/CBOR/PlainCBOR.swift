/// CBOR read the plain way, as the RFC's appendix C has it: recursive, allocating, slow. What
/// ``CBORWalk`` says is compared with it.
struct PlainCBOR {
    enum Fault: Error {
        case malformed, limit
    }

    private let bytes: [UInt8]
    private var position = 0

    /// Reads a payload.
    ///
    /// - Throws: The first fault in reading order.
    static func check(_ payload: [UInt8]) throws(Fault) {
        var reader = PlainCBOR(bytes: payload)
        guard let first = payload.first else { throw .malformed }
        if isTag(first) { throw .limit }
        guard first >> 5 == 5 else { throw .malformed }
        try reader.item(depth: 1)
        guard reader.position == payload.count else { throw .malformed }
    }

    private init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    private static func isTag(_ initial: UInt8) -> Bool {
        initial >> 5 == 6 && initial & 31 < 28
    }

    private mutating func byte() throws(Fault) -> UInt8 {
        guard position < bytes.count else { throw .malformed }
        position += 1
        return bytes[position - 1]
    }

    private var isBreak: Bool { position < bytes.count && bytes[position] == 0xFF }

    /// Reads a head; the argument is nil for an indefinite length.
    private mutating func head() throws(Fault) -> (major: UInt8, argument: UInt64?) {
        let initial = try byte()
        if Self.isTag(initial) { throw .limit }
        let information = initial & 31
        let major = initial >> 5
        switch information {
        case 0..<24: return (major, UInt64(information))
        case 24..<28:
            guard bytes.count - position >= 1 << (information - 24) else { throw .malformed }
            var value: UInt64 = 0
            for _ in 0..<1 << (information - 24) { value = value << 8 | UInt64(try byte()) }
            if major == 7, information == 24, value < 32 { throw .malformed }
            return (major, value)
        case 31 where (2...5).contains(major): return (major, nil)
        default: throw .malformed
        }
    }

    private mutating func item(depth: Int) throws(Fault) {
        guard position < bytes.count else { throw .malformed }
        let major = bytes[position] >> 5
        if major == 4 || major == 5, depth > 8 { throw .limit }
        let head = try head()
        switch head.major {
        case 2, 3: _ = try string(head.major, head.argument)
        case 4: try array(head.argument, depth)
        case 5: try map(head.argument, depth)
        default: break
        }
    }

    private mutating func string(_ major: UInt8, _ length: UInt64?) throws(Fault) -> [UInt8] {
        var content: [UInt8] = []
        if let length {
            try append(length, major, to: &content)
            return content
        }
        while !isBreak {
            guard position < bytes.count else { throw .malformed }
            let initial = bytes[position]
            if Self.isTag(initial) { throw .limit }
            guard initial >> 5 == major, let length = try head().argument else {
                throw .malformed
            }
            try append(length, major, to: &content)
        }
        position += 1
        return content
    }

    private mutating func append(
        _ length: UInt64, _ major: UInt8, to content: inout [UInt8]
    ) throws(Fault) {
        let before = major == 3 ? String(decoding: content, as: UTF8.self).unicodeScalars.count : 0
        if major == 2, length > UInt64(256 - content.count) { throw .limit }
        if major == 3, length > UInt64(4 * (256 - before)) { throw .limit }
        guard length <= UInt64(bytes.count - position) else { throw .malformed }
        let piece = bytes[position..<position + Int(length)]
        position += Int(length)
        content += piece
        guard major == 3 else { return }
        guard let text = String(validating: piece, as: UTF8.self) else {
            try checkIllFormed(Array(piece), before)
            throw .malformed
        }
        if before + text.unicodeScalars.count > 256 { throw .limit }
    }

    /// A text too long in front of its ill-formed sequence is over the limit first.
    private func checkIllFormed(_ piece: [UInt8], _ before: Int) throws(Fault) {
        var longest = piece.count
        while longest > 0, String(validating: piece[..<longest], as: UTF8.self) == nil {
            longest -= 1
        }
        let text = String(decoding: piece[..<longest], as: UTF8.self)
        if before + text.unicodeScalars.count > 256 { throw .limit }
    }

    private mutating func array(_ count: UInt64?, _ depth: Int) throws(Fault) {
        if let count {
            if count > 64 { throw .limit }
            for _ in 0..<count { try item(depth: depth + 1) }
            return
        }
        var items = 0
        while !isBreak {
            guard position < bytes.count else { throw .malformed }
            items += 1
            if items > 64 { throw .limit }
            try item(depth: depth + 1)
        }
        position += 1
    }

    private mutating func map(_ count: UInt64?, _ depth: Int) throws(Fault) {
        var keys: Set<[UInt8]> = []
        if let count {
            if count > 20 { throw .limit }
            for _ in 0..<count { try pair(&keys, depth) }
            return
        }
        while !isBreak {
            guard position < bytes.count else { throw .malformed }
            if keys.count == 20 { throw .limit }
            try pair(&keys, depth)
        }
        position += 1
    }

    private mutating func pair(_ keys: inout Set<[UInt8]>, _ depth: Int) throws(Fault) {
        guard position < bytes.count else { throw .malformed }
        if Self.isTag(bytes[position]) { throw .limit }
        guard bytes[position] >> 5 == 3 else { throw .malformed }
        let key = try string(3, try head().argument)
        guard keys.insert(key).inserted else { throw .malformed }
        try item(depth: depth + 1)
    }
}
