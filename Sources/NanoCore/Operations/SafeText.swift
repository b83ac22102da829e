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

    /// A name as a device chose it, escaped; between quotation marks where blanks at its ends, or nothing
    /// but blanks, could not be seen.
    public static func name(_ text: String) -> String {
        let safe = escaped(text)
        let ends = [safe.first, safe.last].compactMap(\.self)
        return ends.contains(where: \.isWhitespace) ? "\"\(safe)\"" : safe
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
        // Line and paragraph separators, and interlinear annotations.
        case 0x2028...0x2029, 0xFFF9...0xFFFB: true
        default: isIgnorable(scalar.value)
        }
    }

    /// Whether a scalar takes no room of its own: `Default_Ignorable_Code_Point` (UAX #44),
    /// which the marks of direction have too.
    private static func isIgnorable(_ value: UInt32) -> Bool {
        switch value {
        // Soft hyphen, combining grapheme joiner, Arabic letter mark, Hangul and Khmer fillers,
        // Mongolian separators.
        case 0xAD, 0x34F, 0x61C, 0x115F...0x1160, 0x17B4...0x17B5, 0x180B...0x180F: true
        // Zero-width characters and marks of direction; embeddings; word joiner, invisible
        // operators and isolates.
        case 0x200B...0x200F, 0x202A...0x202E, 0x2060...0x206F: true
        // Hangul fillers, variation selectors, byte order mark, unassigned specials.
        case 0x3164, 0xFE00...0xFE0F, 0xFEFF, 0xFFA0, 0xFFF0...0xFFF8: true
        // Controls of shorthand and of musical notation; tags and more variation selectors.
        case 0x1BCA0...0x1BCA3, 0x1D173...0x1D17A, 0xE0000...0xE0FFF: true
        default: false
        }
    }
}
