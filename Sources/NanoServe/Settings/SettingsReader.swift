import NanoCore

/// Reads settings one key at a time from the command line, the environment and the file, in this
/// order of precedence, and collects everything that is wrong with them.
///
/// It remembers which keys were asked for; what else is in the file is a mistake of its writer.
struct SettingsReader {
    /// A value as text, and where it stands.
    struct Finding {
        var text: String
        var place: SettingsPlace
    }

    let file: SettingsFile?
    let environment: [String: String]
    private let options: [String: (option: String, text: String)]
    private(set) var asked: Set<String> = []
    private(set) var askedVariables: Set<String> = []
    private(set) var problems: [SettingsProblem] = []
    /// Keys of ports that were refused, so that nothing is known of them.
    private(set) var refusedPorts: Set<String> = []
    /// Paths that depend on where the gateway is started.
    private(set) var relativePaths: [Settings.RelativePath] = []
    /// Where paths and hosts were given, by key.
    var places: [String: String] = [:]
    /// Where the file first says what nobody else may say.
    var firstCharge: (place: SettingsPlace, what: String)?
    /// Files that others may change, and that are taken nevertheless; a line each.
    var warnings: [String] = []

    init(arguments: SettingsOverrides, environment: [String: String], file: SettingsFile?) {
        options = arguments.values
        self.environment = environment
        self.file = file
    }

    /// The value of a key from whoever says most about it; nil when nobody does. An empty variable
    /// counts as absent.
    mutating func find(_ key: String, _ variable: String? = nil) -> Finding? {
        asked.insert(key)
        if let variable { askedVariables.insert(variable) }
        if let (option, text) = options[key] {
            return Finding(text: text, place: SettingsPlace("option \(option)"))
        }
        if let variable, let text = environment[variable], !text.isEmpty {
            return Finding(text: text, place: SettingsPlace("environment \(variable)"))
        }
        guard let file, let entry = file.entries[key] else { return nil }
        let place = file.place(of: key).naming(key)
        switch entry.shape {
        case .scalar(let text): return Finding(text: text, place: place)
        case .empty: return nil
        case .section, .list:
            report("\(place): needs one value, not a \(Self.word(entry.shape))")
            markWhole(key)
            return nil
        }
    }

    /// Where a value comes from, and its key: `environment METRICS_PORT (monitor.port)`.
    mutating func origin(of key: String, _ variable: String?) -> SettingsPlace {
        guard let place = find(key, variable)?.place else {
            return SettingsPlace("\(key) (default)")
        }
        return place.description.hasSuffix(key)
            ? place : SettingsPlace("\(place) (\(key))", line: place.line)
    }

    /// Notes that a value is not usable, and says what would be.
    mutating func refuse(_ finding: Finding, _ what: String, allowed: String) {
        report("\(finding.place): \(Self.shown(finding.text)) \(what); use \(allowed)")
    }

    /// Treats everything below a key as known, since a problem with the key itself was reported.
    mutating func markWhole(_ key: String) {
        for known in file?.order ?? [] where known == key || Self.isBelow(known, key) {
            asked.insert(known)
        }
    }

    /// The problems that were found, in the order of the file's lines, and behind them the others as
    /// they were found.
    var sortedProblems: [String] {
        // Of one line they stay as they were found.
        problems.enumerated().map { ($1.line ?? .max, $0, $1.sentence) }
            .sorted { ($0.0, $0.1) < ($1.0, $1.1) }.map(\.2)
    }

    /// Notes a problem; one that two keys have in common is noted once.
    mutating func report(_ problem: SettingsProblem) {
        if !problems.contains(where: { $0.sentence == problem.sentence }) {
            problems.append(problem)
        }
    }

    /// A value as it is repeated in a message: numbers as they are, other text quoted, safe and
    /// short.
    static func shown(_ text: String) -> String {
        Int(text) != nil ? text : "\"\(SafeText.quotable(text, to: 60))\""
    }

    /// A limit as people write it: `60000`, `0.001`.
    private static func shown(_ limit: Double) -> String {
        Int(exactly: limit).map(String.init) ?? "\(limit)"
    }

    /// A key as it is repeated in a message, safe and short.
    static func shown(key: String) -> String { SafeText.quotable(key, to: 80) }

    private static func word(_ shape: SettingsFile.Shape) -> String {
        if case .list = shape { "list" } else { "section" }
    }

    /// What a key is in: `rules[0]` and `rules` for `rules[0].types`.
    static func sections(above key: String) -> [String] {
        key.indices.filter { key[$0] == "." || key[$0] == "[" }.map { String(key[..<$0]) }
    }

    private static func isBelow(_ key: String, _ section: String) -> Bool {
        key.hasPrefix(section + ".") || key.hasPrefix(section + "[")
    }
}

// MARK: - Values of one kind

extension SettingsReader {
    /// A whole number within limits.
    ///
    /// - Parameter what: What the value is not when it is no number: `a port`.
    mutating func integer(
        _ key: String, _ variable: String? = nil, in range: ClosedRange<Int>,
        what: String = "a whole number", note: String = ""
    ) -> Int? {
        guard let finding = find(key, variable) else { return nil }
        let allowed = "\(range.lowerBound)…\(range.upperBound)" + note
        guard let value = Int(finding.text) else {
            refuse(finding, "is not \(what)", allowed: allowed)
            return nil
        }
        guard range.contains(value) else {
            refuse(finding, "is not allowed", allowed: allowed)
            return nil
        }
        return value
    }

    /// A TCP port to listen on.
    mutating func port(_ key: String, _ variable: String? = nil, allowsAny: Bool) -> Int? {
        let note = allowsAny ? " (0 picks a free port)" : ""
        guard let finding = find(key, variable) else { return nil }
        let lowest = allowsAny ? 0 : 1
        guard let value = Int(finding.text), (lowest...65_535).contains(value) else {
            refuse(finding, "is not a port", allowed: "1…65535" + note)
            refusedPorts.insert(key)
            return nil
        }
        return value
    }

    /// A positive decimal number.
    mutating func number(_ key: String, in range: ClosedRange<Double>) -> Double? {
        guard let finding = find(key) else { return nil }
        guard let value = Double(finding.text), range.contains(value) else {
            refuse(
                finding, "is not allowed",
                allowed: "a number from \(Self.shown(range.lowerBound)) to "
                    + Self.shown(range.upperBound))
            return nil
        }
        return value
    }

    /// A span of time with its unit.
    mutating func span(_ key: String, in range: ClosedRange<TimeSpan>) -> TimeSpan? {
        guard let finding = find(key) else { return nil }
        guard let span = TimeSpan(finding.text), range.contains(span) else {
            refuse(
                finding, "is not allowed",
                allowed:
                    "\(range.lowerBound.text)…\(range.upperBound.text), with s, m, h or d behind "
                    + "the number")
            return nil
        }
        return span
    }

    mutating func flag(_ key: String) -> Bool? {
        guard let finding = find(key) else { return nil }
        switch finding.text.lowercased() {
        case "true", "yes", "on": return true
        case "false", "no", "off": return false
        default:
            refuse(finding, "is not a switch", allowed: "true or false")
            return nil
        }
    }

    /// One of several names, whatever the case of its letters.
    mutating func choice<Value>(
        _ key: String, _ variable: String? = nil, of names: [String], _ make: (String) -> Value?
    ) -> Value? {
        guard let finding = find(key, variable) else { return nil }
        if let name = names.first(where: { $0.lowercased() == finding.text.lowercased() }),
            let value = make(name)
        {
            return value
        }
        let near = Suggestion.nearest(to: finding.text, among: names)
        refuse(
            finding, "is not allowed",
            allowed: names.joined(separator: ", ") + (near.map { " (did you mean \($0)?)" } ?? ""))
        return nil
    }

    /// Text without control characters, 1…`limit` characters.
    mutating func text(_ key: String, _ variable: String? = nil, limit: Int = 1_024) -> String? {
        guard let finding = find(key, variable) else { return nil }
        guard !finding.text.isEmpty, finding.text.count <= limit,
            SafeText.escaped(finding.text) == finding.text
        else {
            let count = finding.text.count
            let fault =
                count > limit
                ? "has \(PlainWords.count(UInt64(count))) characters"
                : count == 0 ? "is empty" : "has characters that nobody sees"
            refuse(finding, fault, allowed: "1…\(limit) characters, none of them invisible")
            return nil
        }
        return finding.text
    }

    /// A path. It may be relative, which is noted.
    mutating func path(_ key: String, _ variable: String? = nil) -> String? {
        guard let path = text(key, variable, limit: 4_096) else { return nil }
        let place = find(key, variable)?.place
        places[key] = place?.description
        if !path.hasPrefix("/"), let place {
            relativePaths.append(Settings.RelativePath(place: place.description, path: path))
        }
        return path
    }

    /// The names below a section, in the order of the file.
    mutating func names(below section: String) -> [String] {
        asked.insert(section)
        guard let file, let entry = file.entries[section] else { return [] }
        switch entry.shape {
        case .section: return file.children[section] ?? []
        case .empty: return []
        case .scalar, .list:
            report("\(file.place(of: section)): \(section) is a section; put its keys below it")
            markWhole(section)
            return []
        }
    }

    /// The keys of a list's items: `rules[0]`, `rules[1]`.
    mutating func items(of list: String) -> [String] {
        asked.insert(list)
        guard let file, let entry = file.entries[list] else { return [] }
        switch entry.shape {
        case .list(let count): return (0..<count).map { "\(list)[\($0)]" }
        case .empty: return []
        case .scalar, .section:
            report("\(file.place(of: list)): \(list) is a list; start its items with \"- \"")
            markWhole(list)
            return []
        }
    }

    /// The values of a list of plain values; one value may stand without a list.
    mutating func list(_ key: String) -> [Finding] {
        if case .scalar = file?.entries[key]?.shape { return find(key).map { [$0] } ?? [] }
        return items(of: key).compactMap { item in
            if case .empty = file?.entries[item]?.shape {
                asked.insert(item)
                report(
                    "\(file?.place(of: item) ?? ""): \(item) is empty; write a value or take it out"
                )
                return nil
            }
            return find(item)
        }
    }
}
