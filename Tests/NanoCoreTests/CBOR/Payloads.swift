import Foundation
import NanoCore

/// Payloads for tests, from hexadecimal digits or from a writer.
enum Payloads {
    /// The bytes of hexadecimal digits; spaces are for the reader.
    static func bytes(_ hex: String) -> [UInt8] {
        let digits = hex.filter { !$0.isWhitespace }
        precondition(digits.count.isMultiple(of: 2))
        return stride(from: 0, to: digits.count, by: 2).map { index in
            let start = digits.index(digits.startIndex, offsetBy: index)
            let end = digits.index(start, offsetBy: 2)
            return UInt8(digits[start..<end], radix: 16) ?? 0
        }
    }

    /// A payload made by a writer.
    static func writing(_ write: (inout CBORWriter) -> Void) -> [UInt8] {
        var writer = CBORWriter()
        write(&writer)
        return writer.bytes
    }

    /// An item as the value of the key `v` in a map, since every payload is a map.
    static func wrapped(_ item: [UInt8]) -> [UInt8] { bytes("a16176") + item }

    /// The refusal of a payload, nil when it is taken.
    static func refusal(_ payload: [UInt8]) -> Refusal? {
        do throws(Refusal) {
            try CBORWalk.validate(payload.span, payload.indices)
            return nil
        } catch {
            return error
        }
    }

    /// A payload as JSON.
    static func json(_ payload: [UInt8]) -> String {
        var json: [UInt8] = []
        JSONWriter.write(cbor: payload.span, payload.indices, into: &json)
        return String(decoding: json, as: UTF8.self)
    }
}
