/// Text from devices and from the network, made fit for terminals, logs and error messages.
///
/// Whoever sends text can put into it what moves a cursor, turns the direction of writing round or
/// can't be seen. All of that is shown as what it is: `\u{202E}`.
public enum SafeText {
    /// The text with its control characters (C0, DEL and C1), bidirectional controls, zero-width
    /// and other invisible characters, and line and paragraph separators escaped.
    public static func escaped(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isHarmful) else { return text }
        var safe = ""
        for scalar in text.unicodeScalars {
            if isHarmful(scalar) {
                safe += "\\u{" + String(scalar.value, radix: 16, uppercase: true) + "}"
            } else {
                safe.unicodeScalars.append(scalar)
            }
        }
        return safe
    }

    /// The text without its last characters, marked by an ellipsis, where it is longer than this
    /// many characters; escaped.
    public static func shortened(_ text: String, to characters: Int) -> String {
        let safe = escaped(text)
        return safe.count > characters ? safe.prefix(max(0, characters - 1)) + "…" : safe
    }

    /// Whether a scalar can't be shown as it is.
    static func isHarmful(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x20...0x7E: false
        case 0...0x1F, 0x7F...0x9F: true
        // Soft hyphen, combining grapheme joiner, Arabic letter mark, Hangul and Khmer fillers,
        // Mongolian separators.
        case 0xAD, 0x34F, 0x61C, 0x115F...0x1160, 0x17B4...0x17B5, 0x180B...0x180F: true
        // Zero-width characters and marks of direction; line and paragraph separators with the
        // embeddings; word joiner, invisible operators and isolates.
        case 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F: true
        // Fillers, variation selectors, byte order mark, interlinear annotations, tags.
        case 0x3164, 0xFE00...0xFE0F, 0xFEFF, 0xFFA0, 0xFFF9...0xFFFB: true
        case 0xE0000...0xE0FFF: true
        default: false
        }
    }
}
