import NanoCore
import NanoSim

/// Text as somebody sends it who wants more of a terminal than letters.
struct HostileText {
    private var random: SplitMix64

    init(seed: UInt64) {
        random = SplitMix64(seed: seed)
    }

    /// What a text is put together from: sequences that clear, move, name the window, write to the
    /// clipboard, ask for answers or change modes; C1 as characters; what turns text round, cannot be
    /// seen, combines, is wide, or ends a sequence.
    private static let parts = [
        "\u{1B}[2J", "\u{1B}[H", "\u{1B}[31;5m", "\u{1B}]52;c;cm0gLXJmIC8=\u{7}",
        "\u{1B}]0;mine\u{1B}\\",
        "\u{1B}P+q544e\u{1B}\\", "\u{1B}[6n", "\u{1B}[c", "\u{1B}[?1049l", "\u{1B}[?2026h",
        "\u{1B}c",
        "\u{1B}[20t", "\u{1B}_G\u{1B}\\", "\u{1B}(0", "\u{9B}2J", "\u{9D}52;c;AA\u{9C}",
        "\u{90}q\u{9C}",
        "\u{85}", "\u{8D}", "\u{0}", "\u{7}", "\u{8}", "\t", "\n", "\r", "\u{B}", "\u{C}", "\u{E}",
        "\u{F}", "\u{18}", "\u{1A}", "\u{7F}", "\u{202E}", "\u{2066}", "\u{2069}", "\u{200B}",
        "\u{200D}", "\u{200F}", "\u{FEFF}", "\u{AD}", "\u{34F}", "\u{600}7", "\u{6DD}", "\u{70F}",
        "\u{2028}", "\u{2029}", "\u{FFF9}", "\u{E0041}", "\u{FE0F}", "\u{115F}", "\u{3164}",
        "\u{301}",
        "\u{489}", "a\u{300}\u{301}\u{302}", "漢字", "ｗ", "👩‍👩‍👧", "🇩🇪", "नि", "각", "%s%n", "'\"\\", " ",
        "", "A", "0x10", "─", "▶",
    ]

    /// A text of some of them.
    mutating func text() -> String {
        (0..<Int.random(in: 1...8, using: &random)).reduce("") { text, _ in
            text + (Self.parts.randomElement(using: &random) ?? "")
        }
    }

    /// The same with bytes that are no UTF-8, C1 among them.
    mutating func bytes() -> [UInt8] {
        let raw: [UInt8] = [0x9B, 0x32, 0x4A, 0x9D, 0x85, 0xC0, 0x80, 0xFF, 0xED, 0xA0, 0x80]
        return Array(text().utf8) + raw.shuffled(using: &random)
    }

    /// A frame of a device that has all of its words from here. Most are genuine; others are forged,
    /// hold bytes that are no text, or miss what their profile asks for.
    mutating func frame() -> [UInt8] {
        var writer = CBORWriter()
        let kind = Int.random(in: 0..<8, using: &random)
        writer.map(4)
        writer.text("device_id")
        writer.text(text())
        writer.text(kind == 0 ? text() : "pressure_pa")
        writer.unsigned(UInt64.random(in: 90_000...110_000, using: &random))
        writer.text("lab_id")
        writer.text(text())
        writer.text("sensor_type")
        writer.text(text())
        var payload = writer.bytes
        if kind == 1 {
            // A text that is no UTF-8: its head says how long it is.
            let bytes = Array(bytes().prefix(100))
            payload = [0xA1, 0x69] + Array("device_id".utf8) + [0x78, UInt8(bytes.count)] + bytes
        }
        let type = PayloadType.allCases.randomElement(using: &random) ?? .telemetry
        let key = HMACKey(secret: TestDevice.secrets[.esp32Pressure] ?? [])
        var frame = FrameBuilder(
            model: .esp32Pressure, type: kind < 4 ? .telemetry : type, level: .standard,
            timestamp: TestDevice.now
        ).build(payload: payload, key: key)
        if kind == 2 { frame[frame.count - 1] ^= 0xFF }
        return frame
    }
}
