/// Knows text that may be a secret by its looks, so that a slip of the hand never puts one on a
/// screen or into a log.
public enum SecretLikeness {
    /// Stands for what is not shown.
    public static let substitute = "(not shown: it looks like a secret)"
    /// Hexadecimal digits that are too many to be shown.
    public static let digits = 32

    /// Whether a text has the form `MODEL=HEX`, or is in the main a long hexadecimal number.
    public static func holds(in text: String) -> Bool {
        isAssignment(text[...]) || isLongNumber(text)
    }

    /// `0x10=…`, whatever follows: it was meant to be a secret. An option may stand in front.
    private static func isAssignment(_ text: Substring) -> Bool {
        guard let equals = text.firstIndex(of: "=") else { return false }
        let rest = text[equals...].dropFirst()
        let name = text[..<equals].filter { !$0.isWhitespace }
        let digits = name.lowercased().hasPrefix("0x") ? name.dropFirst(2) : name[...]
        let isModel = (1...3).contains(digits.count) && digits.allSatisfy(\.isHexDigit)
        return isModel && !rest.isEmpty || isAssignment(rest)
    }

    /// A run of many digits, or a text that is little else.
    private static func isLongNumber(_ text: String) -> Bool {
        var (run, longest, all) = (0, 0, 0)
        for byte in text.utf8 {
            let isDigit = UnicodeScalar(byte).properties.isASCIIHexDigit
            all += isDigit ? 1 : 0
            run = isDigit ? run + 1 : 0
            longest = max(longest, run)
        }
        let others = text.utf8.count { $0 != UInt8(ascii: ":") && $0 != UInt8(ascii: " ") } - all
        return longest >= digits || all >= digits && others * 8 < all
    }
}

extension SafeText {
    /// Text of an argument or a setting, fit for an error message: escaped, shortened, and not
    /// shown at all when it looks like a secret.
    public static func quotable(_ text: String, to characters: Int) -> String {
        SecretLikeness.holds(in: text)
            ? SecretLikeness.substitute : shortened(text, to: characters)
    }
}
