import NanoCore

/// How many columns text takes on a terminal.
public enum TextWidth {
    /// 0 for what combines with the character before it, 2 for East Asian wide and emoji, else 1.
    public static func columns(of character: Character) -> Int {
        guard let first = character.unicodeScalars.first else { return 0 }
        if first.isASCII { return first.value >= 0x20 && first.value != 0x7F ? 1 : 0 }
        switch first.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format, .control: return 0
        default: break
        }
        if first.properties.isEmojiPresentation { return 2 }
        let presentsAsEmoji = character.unicodeScalars.dropFirst().contains { $0.value == 0xFE0F }
        return presentsAsEmoji || isWide(first.value) ? 2 : 1
    }

    public static func columns(of text: some StringProtocol) -> Int {
        text.reduce(0) { $0 + columns(of: $1) }
    }

    /// The text in at most so many columns; what is cut ends in an ellipsis. It is escaped
    /// (``SafeText``) before it is measured.
    public static func fitted(_ text: String, to width: Int) -> String {
        let text = SafeText.escaped(text)
        guard columns(of: text) > width else { return text }
        guard width > 1 else { return width == 1 ? "…" : "" }
        var (kept, used) = ("", 0)
        for character in text {
            let columns = columns(of: character)
            guard used + columns < width else { break }
            kept.append(character)
            used += columns
        }
        return withoutPartOfNumber(kept, next: text.dropFirst(kept.count).first) + "…"
    }

    /// Part of a number is another number: it goes as a whole.
    private static func withoutPartOfNumber(_ kept: String, next: Character?) -> String {
        guard let next, isNumeral(next) else { return kept }
        let start = kept.lastIndex { !isNumeral($0) }.map(kept.index(after:)) ?? kept.startIndex
        return String(kept[..<start])
    }

    private static func isNumeral(_ character: Character) -> Bool {
        ("0"..."9").contains(character) || character == "." || character == ","
    }

    /// The text with as much of its middle left out as it takes to fit; its last characters stay.
    ///
    /// - Parameter kept: How many of the last characters have to stay, as far as they fit.
    public static func shortened(_ text: String, to width: Int, keeping kept: Int) -> String {
        let text = SafeText.escaped(text)
        guard columns(of: text) > width else { return text }
        var (end, used) = ("", 0)
        for character in text.suffix(kept).reversed() {
            let columns = columns(of: character)
            guard used + columns < width else { break }
            end = String(character) + end
            used += columns
        }
        return fitted(String(text.dropLast(end.count)), to: width - used) + end
    }

    /// Lines of at most so many columns: broken at spaces, and within what is longer than a line.
    public static func wrapped(_ text: String, to width: Int) -> [String] {
        var lines = [""]
        for word in SafeText.escaped(text).split(separator: " ") {
            let used = columns(of: lines[lines.count - 1])
            if used > 0, used + 1 + columns(of: word) > width {
                lines.append("")
            } else if used > 0 {
                lines[lines.count - 1].append(" ")
            }
            for character in word {
                let used = columns(of: lines[lines.count - 1])
                if used > 0, used + columns(of: character) > width { lines.append("") }
                lines[lines.count - 1].append(character)
            }
        }
        return lines
    }

    /// East Asian Width W and F (Unicode Standard Annex 11), by blocks.
    private static func isWide(_ value: UInt32) -> Bool {
        switch value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF,
            0xA000...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
            0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F900...0x1F9FF,
            0x20000...0x3FFFD:
            true
        default: false
        }
    }
}
