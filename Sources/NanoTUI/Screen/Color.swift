/// A colour of a theme.
public struct Color: Hashable, Sendable {
    public var red: UInt8
    public var green: UInt8
    public var blue: UInt8

    public init(red: UInt8, green: UInt8, blue: UInt8) {
        self.red = red
        self.green = green
        self.blue = blue
    }

    /// Of a text: `#rrggbb`, `#gg` for a grey, or three decimal numbers; nil for any other.
    init?(_ text: String) {
        if text.hasPrefix("#") {
            let digits = text.dropFirst()
            guard digits.allSatisfy(\.isHexDigit), let value = UInt32(digits, radix: 16) else {
                return nil
            }
            switch digits.count {
            case 2: self.init(red: UInt8(value), green: UInt8(value), blue: UInt8(value))
            case 6:
                self.init(
                    red: UInt8(value >> 16), green: UInt8(value >> 8 & 0xFF),
                    blue: UInt8(value & 0xFF))
            default: return nil
            }
            return
        }
        let parts = text.split(separator: " ").map { UInt8($0) }
        guard parts.count == 3, let red = parts[0], let green = parts[1], let blue = parts[2] else {
            return nil
        }
        self.init(red: red, green: green, blue: blue)
    }

    /// A colour on the way to another.
    ///
    /// - Parameter share: 0 for this one, 1 for the other.
    func mixed(with other: Color, share: Double) -> Color {
        func mix(_ from: UInt8, _ to: UInt8) -> UInt8 {
            UInt8((Double(from) + (Double(to) - Double(from)) * share).rounded())
        }
        return Color(
            red: mix(red, other.red), green: mix(green, other.green), blue: mix(blue, other.blue))
    }
}
