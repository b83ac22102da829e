/// The kind of device that a frame comes from (`docs/protocol.md`, "Frame", offset 3).
public struct ModelID: RawRepresentable, Hashable, Comparable, Codable, Sendable {
    public let rawValue: UInt8

    public init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    public static let esp32Pressure = ModelID(rawValue: 0x10)
    public static let stm32Gas = ModelID(rawValue: 0x20)
    public static let asicMulti = ModelID(rawValue: 0x30)
    public static let raspberryPi = ModelID(rawValue: 0x40)
    public static let custom = ModelID(rawValue: 0xFF)

    /// The five models that every gateway knows; configuration adds others.
    public static let builtIn: [ModelID] = [
        .esp32Pressure, .stm32Gas, .asicMulti, .raspberryPi, .custom,
    ]

    public static func < (left: ModelID, right: ModelID) -> Bool {
        left.rawValue < right.rawValue
    }
}

extension ModelID: CustomStringConvertible {
    /// The spelling used in metrics, the API and on screen: `0x10`.
    public var description: String { "0x" + hexadecimal }

    /// Two lower-case hexadecimal digits without a prefix: `10`.
    public var hexadecimal: String {
        let digits = String(rawValue, radix: 16)
        return rawValue < 0x10 ? "0" + digits : digits
    }

    /// Reads `0x10`, `0X10`, `10` or `ff`: one or two hexadecimal digits. Nil for anything else.
    public init?(_ text: String) {
        let digits = text.hasPrefix("0x") || text.hasPrefix("0X") ? text.dropFirst(2) : text[...]
        guard (1...2).contains(digits.utf8.count), digits.allSatisfy(\.isHexDigit),
            let value = UInt8(digits, radix: 16)
        else { return nil }
        self.init(rawValue: value)
    }

    /// The short family name of a built-in model (`ESP32`), nil for the others.
    public var family: String? {
        switch self {
        case .esp32Pressure: "ESP32"
        case .stm32Gas: "STM32"
        case .asicMulti: "ASIC"
        case .raspberryPi: "RPI"
        case .custom: "CUSTOM"
        default: nil
        }
    }
}
