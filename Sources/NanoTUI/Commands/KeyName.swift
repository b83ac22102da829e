extension Key {
    private static let named: [(name: String, key: Key)] = [
        ("space", .character(" ")), ("hash", .character("#")), ("up", .up), ("down", .down),
        ("left", .left), ("right", .right), ("pgup", .pageUp), ("pgdn", .pageDown),
        ("home", .home), ("end", .end), ("enter", .enter), ("esc", .escape),
        ("backspace", .backspace), ("tab", .tab), ("shift-tab", .backTab), ("delete", .delete),
    ]

    /// The letters that terminals send as another key with Ctrl, and Ctrl-Z, which suspends.
    private static let untold: Set<Character> = ["h", "i", "j", "m", "z"]

    /// What is allowed in a file of keys.
    static let allowedNames =
        "one character, ctrl-a … ctrl-y (not h, i, j, m), or "
        + named.map(\.name).joined(separator: ", ")

    /// A key as files of keys have it: `p`, `ctrl-x`, `shift-tab`.
    var fileName: String {
        if let name = Self.named.first(where: { $0.key == self })?.name { return name }
        return switch self {
        case .control(let letter): "ctrl-\(letter)"
        case .character(let character): String(character)
        default: name.lowercased()
        }
    }

    /// Nil for what is no key, and for what terminals do not tell from another.
    init?(fileName: String) {
        if let key = Self.named.first(where: { $0.name == fileName.lowercased() })?.key {
            self = key
        } else if fileName.count == 1, let character = fileName.first {
            self = .character(character)
        } else if fileName.lowercased().hasPrefix("ctrl-"), fileName.count == 6,
            let letter = fileName.lowercased().last, ("a"..."z").contains(letter),
            !Self.untold.contains(letter)
        {
            self = .control(letter)
        } else {
            return nil
        }
    }
}
