import Foundation
import NanoCore

/// What a secret is found as, besides the spellings that ``SpelledText`` undoes.
struct SecretSpellings {
    /// Shorter secrets have too short a base64 to look for.
    private static let leastEncodedBytes = 6

    /// As it is, as forms write it, and in hexadecimal digits.
    let plain: [[UInt8]]
    /// In base64, behind any number of other bytes, also if it was escaped before.
    let encoded: [[UInt8]]

    init(_ secret: [UInt8]) {
        let form = secret.map { $0 == UInt8(ascii: " ") ? UInt8(ascii: "+") : $0 }
        guard secret.count >= Self.leastEncodedBytes else {
            plain = [secret, form]
            encoded = []
            return
        }
        plain = [secret, form, Array(Hexadecimal.text(secret).utf8)]
        encoded = Self.escaped(secret).flatMap { said in
            (0..<3).flatMap { shift in
                let core = Self.base64(said, behind: shift)
                return [core, core.map(Self.inAddresses)]
            }
        }
    }

    /// The secret as programs escape it before they encode it.
    private static func escaped(_ secret: [UInt8]) -> Set<[UInt8]> {
        var all: Set = [
            secret, percent(secret, space: "%20"), percent(secret, space: "+"),
            percent(secret, space: "%20", hasSmallDigits: true),
        ]
        let text = String(decoding: secret, as: UTF8.self)
        for isSlashEscaped in [false, true] {
            for isASCII in [false, true] {
                all.insert(json(text, escapesSlash: isSlashEscaped, isASCII: isASCII))
            }
        }
        return all
    }

    /// RFC 3986 §2.3: all but what is unreserved.
    private static func percent(
        _ secret: [UInt8], space: String, hasSmallDigits: Bool = false
    ) -> [UInt8] {
        secret.flatMap { byte -> [UInt8] in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "_"), UInt8(ascii: "~"):
                [byte]
            case UInt8(ascii: " "): Array(space.utf8)
            default:
                Array("%".utf8)
                    + (hasSmallDigits
                    ? Hexadecimal.text([byte]) : Hexadecimal.text([byte]).uppercased()).utf8
            }
        }
    }

    /// RFC 8259 §7.
    private static func json(_ text: String, escapesSlash: Bool, isASCII: Bool) -> [UInt8] {
        var said = ""
        for unit in text.unicodeScalars {
            switch unit {
            case "\"", "\\": said += "\\" + String(unit)
            case "/" where escapesSlash: said += "\\/"
            case _ where !unit.isASCII && isASCII:
                for half in String(unit).utf16 {
                    let digits = String(half, radix: 16)
                    said += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                }
            default: said.unicodeScalars.append(unit)
            }
        }
        return Array(said.utf8)
    }

    /// The characters of base64 that stand for the secret alone, where as many bytes are before it.
    private static func base64(_ secret: [UInt8], behind count: Int) -> [UInt8] {
        let encoded = Data([UInt8](repeating: 0, count: count) + secret).base64EncodedString()
        // A character is six bits.
        let first = (count * 8 + 5) / 6
        let end = (count + secret.count) * 8 / 6
        return Array(encoded.utf8)[first..<end].map(\.self)
    }

    /// RFC 4648 §5.
    private static func inAddresses(_ byte: UInt8) -> UInt8 {
        switch byte {
        case UInt8(ascii: "+"): UInt8(ascii: "-")
        case UInt8(ascii: "/"): UInt8(ascii: "_")
        default: byte
        }
    }
}
