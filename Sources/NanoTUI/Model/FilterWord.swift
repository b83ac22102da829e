/// A word of a filter, and how it is found in text.
///
/// Within quotation marks every character stands for itself; a backslash takes a quotation mark or
/// another backslash into them.
struct FilterWord: Equatable, Sendable {
    private struct Letter: Equatable, Sendable {
        var character: Character
        var isQuoted = false
    }

    private let letters: [Letter]
    /// What is looked for, in lower case, without the asterisk at its end.
    let text: String
    /// Whether an asterisk ends it, so that anything may follow.
    let isStem: Bool
    private let bytes: [UInt8]
    private let isASCII: Bool

    private init(_ letters: some Collection<Letter>) {
        self.letters = Array(letters)
        isStem = letters.suffix(1).contains(Letter(character: "*"))
        let kept = isStem ? letters.dropLast() : letters.dropLast(0)
        text = String(kept.map(\.character)).lowercased()
        bytes = Array(text.utf8)
        isASCII = bytes.allSatisfy { $0 < 0x80 }
    }

    /// The words of a filter: what spaces outside of quotation marks are between; and whether a
    /// quotation mark has no other that closes it.
    static func split(_ source: String) -> (words: [FilterWord], isOpen: Bool) {
        var (words, isQuoted, isEscaped) = ([[Letter]()], false, false)
        for character in source {
            if isEscaped {
                words[words.count - 1].append(Letter(character: character, isQuoted: true))
                isEscaped = false
            } else if isQuoted, character == "\\" {
                isEscaped = true
            } else if character == "\"" {
                isQuoted.toggle()
            } else if character == " ", !isQuoted {
                words.append([])
            } else {
                words[words.count - 1].append(Letter(character: character, isQuoted: isQuoted))
            }
        }
        return (words.filter { !$0.isEmpty }.map { FilterWord($0) }, isQuoted)
    }

    /// `key` and the values of `key:value,value`; nil for a word without a colon.
    var keyAndValues: (key: String, values: [FilterWord])? {
        guard let colon = letters.firstIndex(of: Letter(character: ":")) else { return nil }
        let values = letters[(colon + 1)...].split(separator: Letter(character: ","))
        return (
            String(letters[..<colon].map(\.character)).lowercased(),
            values.map { FilterWord($0) }
        )
    }

    /// Whether it is all of the text, or the beginning where it is a stem; in any case of letters.
    func isLike(_ other: String) -> Bool {
        isStem ? starts(other) : other.lowercased() == text
    }

    func starts(_ other: String) -> Bool { other.lowercased().hasPrefix(text) }

    /// Whether the text holds it somewhere, in any case of letters.
    func isIn(_ other: String) -> Bool {
        // Nearly all words are ASCII, and thousands of rows are looked at for every frame.
        isASCII ? holdsBytes(other.utf8Span.span) : other.lowercased().contains(text)
    }

    private func holdsBytes(_ other: Span<UInt8>) -> Bool {
        guard other.count >= bytes.count else { return false }
        return (0...other.count - bytes.count).contains { start in
            bytes.indices.allSatisfy { index in
                let byte = other[start + index]
                let isUpper = byte >= 0x41 && byte <= 0x5A
                return (isUpper ? byte | 0x20 : byte) == bytes[index]
            }
        }
    }
}
