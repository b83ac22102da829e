import NanoCore

/// What is wrong with a theme file.
public struct ThemeError: Error, Equatable, Sendable, CustomStringConvertible {
    public let description: String
    /// Whether there is no theme of the name, and so no file to be told of.
    public var isOfName = false

    /// The same with the name of the file in place of its path, for where there is little room.
    var brief: String {
        let path = description.prefix { $0 != ":" }
        return path.lastIndex(of: "/").map { String(description[$0...].dropFirst()) } ?? description
    }
}

/// Colours for every ``Role``, read from a file in the form that btop's users know:
/// `theme[main_fg]="#d0d0d0"`.
public struct Theme: Sendable {
    public let name: String
    /// For each level of each role, in their order; nil for the terminal's own colour.
    private let front: [[Color?]]
    private let back: Color?
    private let selectedBack: Color?

    /// Reads a theme.
    ///
    /// Keys of btop that have no meaning here are passed over, so that its themes can be used.
    ///
    /// - Parameter file: For messages.
    /// - Throws: ``ThemeError`` with file, line and what is allowed.
    public init(name: String, text: String, file: String) throws(ThemeError) {
        var colors: [String: Color] = [:]
        var seen: Set<String> = []
        // To Swift, a carriage return and its line feed are one character, which is no "\n".
        let lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
        for (index, line) in lines.enumerated() {
            let content = line.filter { $0 != "\r" }.drop { $0 == " " || $0 == "\t" }
            if content.isEmpty || content.first == "#" { continue }
            let place = "\(file):\(index + 1)"
            let (key, value) = try Self.entry(content, place)
            seen.insert(key)
            colors[key] = value.isEmpty ? nil : try Self.color(value, key, place)
        }
        for key in ThemeKey.all where !seen.contains(key.name) {
            switch key.fallback {
            case .none: throw ThemeError(description: "\(file): theme[\(key.name)] is missing")
            case .key(let other): colors[key.name] = colors[other]
            case .straight: break
            }
        }
        self.name = name
        back = colors["main_bg"]
        selectedBack = colors["selected_bg"]
        front = Role.allCases.map { role in
            (0...Style.highest).map { Self.color(of: role, level: $0, in: colors) }
        }
    }

    /// `theme[key]="value"`
    private static func entry(
        _ line: some StringProtocol, _ place: String
    ) throws(ThemeError) -> (key: String, value: String) {
        let form = ThemeError(
            description: "\(place): not a theme line; allowed is theme[key]=\"#rrggbb\"")
        guard line.hasPrefix("theme["), let close = line.firstIndex(of: "]") else { throw form }
        let key = line[line.index(line.startIndex, offsetBy: 6)..<close]
        let rest = line[line.index(after: close)...].drop { $0 == " " }
        guard rest.first == "=" else { throw form }
        let value = rest.dropFirst().drop { $0 == " " }
        guard let quote = value.first, quote == "\"" || quote == "'",
            let end = value.dropFirst().firstIndex(of: quote)
        else { throw form }
        return (String(key), String(value[value.index(after: value.startIndex)..<end]))
    }

    private static func color(
        _ text: String, _ key: String, _ place: String
    ) throws(ThemeError) -> Color {
        guard let color = Color(text) else {
            throw ThemeError(
                description:
                    "\(place): theme[\(SafeText.quotable(key, to: 20))]: "
                    + "\"\(SafeText.quotable(text, to: 20))\" is no colour; allowed are "
                    + "#rrggbb, #gg and \"r g b\"")
        }
        return color
    }

    /// A curve goes from its lowest colour over the one in the middle, where there is one, to its
    /// highest.
    private static func color(
        of role: Role, level: UInt8, in colors: [String: Color]
    ) -> Color? {
        guard let low = colors[role.themeKey] else { return nil }
        guard let keys = role.curveKeys, let high = colors[keys.high] else { return low }
        let share = Double(level) / Double(Style.highest)
        guard let middle = colors[keys.middle] else { return low.mixed(with: high, share: share) }
        return share < 0.5
            ? low.mixed(with: middle, share: share * 2)
            : middle.mixed(with: high, share: share * 2 - 1)
    }

    /// The colour of text; nil for the terminal's own.
    ///
    /// - Parameter level: How high up a curve; 0…``Style/highest``.
    public func foreground(_ role: Role, level: UInt8 = 0) -> Color? {
        front[Int(role.rawValue)][Int(min(level, Style.highest))]
    }

    /// The colour behind text; nil for the terminal's own.
    public func background(_ role: Role) -> Color? { role == .selected ? selectedBack : back }

    /// The theme that is always there.
    public static let builtIn: Theme = {
        do {
            return try Theme(name: "dusk", text: dusk, file: "built-in theme")
        } catch {
            preconditionFailure("\(error)")
        }
    }()

    private static let dusk = """
        theme[main_bg]=""
        theme[main_fg]="#c8ccd4"
        theme[title]="#e6e9ef"
        theme[hi_fg]="#7aa2f7"
        theme[selected_bg]="#2f3a55"
        theme[selected_fg]="#ffffff"
        theme[inactive_fg]="#8a93a6"
        theme[div_line]="#4b5468"
        theme[cpu_start]="#7fc98b"
        theme[cpu_mid]="#e2b55a"
        theme[cpu_end]="#f07178"
        theme[download_start]="#5e9567"
        theme[download_end]="#7fc98b"
        theme[upload_start]="#a38241"
        theme[upload_end]="#e2b55a"
        theme[good]="#7fc98b"
        theme[idle]="#8894a9"
        theme[paused]="#9fa4e0"
        theme[warning]="#e2b55a"
        theme[bad]="#f07178"
        theme[blocked]="#fb77db"
        theme[seen]="#40cae7"
        theme[silent]="#949592"
        """
}
