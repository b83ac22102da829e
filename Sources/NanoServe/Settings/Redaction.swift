import Foundation
import NanoCore

/// Takes secrets out of a text, however it spells them: as they are, in percent-encoding, with the
/// escapes of JSON or HTML, several of these over one another, in base64 also amid other bytes, in
/// hexadecimal digits, and with other cases of letters.
///
/// A secret that was changed in other ways is not found: who holds it and wants to show it can.
struct Redaction {
    /// What takes a secret's place.
    static let mark = "(secret)"
    /// Spellings over one another that are undone.
    private static let depth = 3
    /// Secrets shorter than this have too short a base64 to look for.
    private static let leastEncodedBytes = 6

    /// What is looked for, with small letters of ASCII, by its first byte.
    private var patterns: [UInt8: [[UInt8]]] = [:]

    init(_ secrets: [Secret]) {
        var all: Set<[UInt8]> = []
        for secret in secrets {
            for pattern in secret.withBytes(Self.spellings) where !pattern.isEmpty {
                all.insert(pattern.map(SpelledText.lowered))
            }
        }
        patterns = Dictionary(grouping: all) { $0[0] }
    }

    /// The text with every secret replaced.
    ///
    /// - Parameter isCut: Whether there was more of it, so that the beginning of a secret at its end is
    ///   one.
    func apply(to text: String, isCut: Bool = false) -> String {
        guard !patterns.isEmpty else { return text }
        let bytes = Array(text.utf8)
        var found: [Range<Int>] = []
        search(SpelledText(bytes), isCut: isCut, depth: Self.depth, into: &found)
        guard !found.isEmpty else { return text }
        var shown: [UInt8] = []
        var next = 0
        for range in Self.merged(found) {
            shown += bytes[next..<range.lowerBound]
            shown += Self.mark.utf8
            next = range.upperBound
        }
        shown += bytes[next...]
        return String(decoding: shown, as: UTF8.self)
    }

    private func search(
        _ text: SpelledText, isCut: Bool, depth: Int, into found: inout [Range<Int>]
    ) {
        let lowered = text.bytes.map(SpelledText.lowered)
        for start in lowered.indices {
            for pattern in patterns[lowered[start]] ?? [] {
                let rest = lowered[start...].prefix(pattern.count)
                guard rest.count == pattern.count || isCut, pattern.starts(with: rest) else {
                    continue
                }
                found.append(text.sources(of: rest.indices))
            }
        }
        guard depth > 0 else { return }
        for spelling in SpelledText.Spelling.allCases {
            guard let plain = text.undoing(spelling) else { continue }
            search(plain, isCut: isCut, depth: depth - 1, into: &found)
        }
    }

    /// Ranges in order, those that share something made one.
    private static func merged(_ ranges: [Range<Int>]) -> [Range<Int>] {
        var merged: [Range<Int>] = []
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = merged.last, range.lowerBound < last.upperBound {
                merged[merged.count - 1] =
                    last.lowerBound..<max(last.upperBound, range.upperBound)
            } else {
                merged.append(range)
            }
        }
        return merged
    }

    /// The texts that a secret is found as.
    private static func spellings(_ secret: [UInt8]) -> [[UInt8]] {
        var all = [secret]
        if secret.contains(UInt8(ascii: " ")) {
            // As forms write it.
            all.append(secret.map { $0 == UInt8(ascii: " ") ? UInt8(ascii: "+") : $0 })
        }
        guard secret.count >= leastEncodedBytes else { return all }
        all.append(Array(Hexadecimal.text(secret).utf8))
        for shift in 0..<3 {
            let core = base64(secret, behind: shift)
            all.append(core)
            all.append(
                core.map { byte in
                    switch byte {
                    case UInt8(ascii: "+"): UInt8(ascii: "-")
                    case UInt8(ascii: "/"): UInt8(ascii: "_")
                    default: byte
                    }
                })
        }
        return all
    }

    /// The characters of base64 that stand for the secret alone, where as many bytes are before it.
    private static func base64(_ secret: [UInt8], behind count: Int) -> [UInt8] {
        let encoded = Data([UInt8](repeating: 0, count: count) + secret).base64EncodedString()
        // A character is six bits.
        let first = (count * 8 + 5) / 6
        let end = (count + secret.count) * 8 / 6
        return Array(encoded.utf8)[first..<end].map(\.self)
    }
}
