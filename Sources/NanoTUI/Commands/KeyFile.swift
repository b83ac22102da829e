import NanoCore

/// Why a file of keys cannot be used.
public struct KeyFileError: Error, Equatable, Sendable {
    /// A line for each mistake, with file and line, what is wrong and what is allowed.
    public let lines: [String]
}

extension KeyMap {
    /// Reads what an operator has bound keys to: `p = pause`, `x = none`, and behind a line with a view
    /// in brackets, `[routes]`, what holds in that view alone. A `#` begins a comment.
    ///
    /// - Parameter file: For messages.
    /// - Throws: ``KeyFileError``.
    public init(text: String, file: String) throws(KeyFileError) {
        self = .standard
        var faults: [String] = []
        var view: ViewKind?
        var places: [ViewKind?: [Key: Int]] = [:]
        let lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
        for (index, line) in lines.enumerated() {
            let content = String(line).trimmed
            if content.isEmpty || content.first == "#" { continue }
            do throws(Fault) {
                if content.count > 2, content.first == "[", content.last == "]" {
                    view = try Self.section(String(content.dropFirst().dropLast()).trimmed)
                    continue
                }
                let (key, action) = try Self.entry(content, in: view)
                if let first = places[view]?[key] {
                    throw Fault(
                        words: "\(key.fileName) is bound in line \(first) already; a key does one "
                            + "thing in a view")
                }
                places[view, default: [:]][key] = index + 1
                bind(key, to: action, in: view)
            } catch {
                faults.append("\(file):\(index + 1): \(error.words)")
            }
        }
        if faults.isEmpty { faults = unreachable.map { "\(file): \($0)" } }
        guard faults.isEmpty else { throw KeyFileError(lines: faults) }
    }

    private struct Fault: Error {
        var words: String
    }

    private static func section(_ name: String) throws(Fault) -> ViewKind {
        guard let view = ViewKind.allWithKeys.first(where: { $0.sectionName == name }) else {
            let names = ViewKind.allWithKeys.map(\.sectionName)
            throw Fault(words: CommandFault.unknown(name, "view", among: names))
        }
        return view
    }

    private static func entry(
        _ line: String, in view: ViewKind?
    ) throws(Fault) -> (Key, Action?) {
        // The key may be an equals sign itself; no name has one.
        guard let sign = line.lastIndex(of: "="), sign > line.startIndex else {
            throw Fault(words: "no such line; allowed are KEY = COMMAND and [VIEW]")
        }
        let keyName = String(line[..<sign]).trimmed
        let name = String(line[line.index(after: sign)...]).trimmed
        guard let key = Key(fileName: keyName) else {
            throw Fault(
                words: "no key is called \(SafeText.shortened(keyName, to: 40)); allowed are "
                    + Key.allowedNames)
        }
        if name == "none" { return (key, nil) }
        guard let action = table.first(where: { $0.action.name == name })?.action else {
            let names = table.map(\.action.name) + ["none"]
            let near = Suggestion.nearest(to: name, among: names)
            throw Fault(
                words: "no command is called \(SafeText.shortened(name, to: 40)); "
                    + (near.map { "did you mean \($0)?" }
                        ?? "nanogridata console --print-keys lists them"))
        }
        if let view, !works(action, in: view) {
            throw Fault(words: "\(name) does not work in \(view.title.lowercased())")
        }
        return (key, action)
    }

    /// What nobody could do any more, in sentences.
    private var unreachable: [String] {
        ViewKind.allWithKeys.filter { view in
            !bindings(in: view).contains {
                [.quit, .command].contains($0.action) && !$0.keys.isEmpty
            }
        }.prefix(1).map { "in \($0.title.lowercased()) no key is left for quit or command" }
    }

    /// The map as such a file: first what holds in all views, then what differs in one.
    public var text: String {
        let common = Self.table.filter { $0.views == nil }
        var lines: [String] = []
        var everywhere: [Key: Action] = [:]
        for binding in common {
            let shared = commonKeys(of: binding)
            for key in shared {
                everywhere[key] = binding.action
                lines.append("\(key.fileName) = \(binding.action.name)")
            }
        }
        for view in ViewKind.allWithKeys {
            let here = bindings(in: view).flatMap { binding in
                binding.keys.map { ($0, binding.action) }
            }
            let differing = here.filter { everywhere[$0.0] != $0.1 }
            let usual = Self.standard.bindings(in: view).flatMap(\.keys)
            let missing = (Array(everywhere.keys) + usual).uniqued(by: \.self).filter { key in
                !here.contains { $0.0 == key }
            }
            guard !differing.isEmpty || !missing.isEmpty else { continue }
            lines += ["", "[\(view.sectionName)]"]
            lines += differing.map { "\($0.0.fileName) = \($0.1.name)" }
            lines += missing.map { "\($0.fileName) = none" }.sorted()
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// The keys of a binding in at least half of the views: the others say what they have instead.
    private func commonKeys(of binding: Binding) -> [Key] {
        let lists = ViewKind.allWithKeys.map { view in
            bindings(in: view).first { $0.action == binding.action }?.keys ?? []
        }
        return lists.flatMap(\.self).uniqued(by: \.self).filter { key in
            lists.count { $0.contains(key) } * 2 >= lists.count
        }
    }
}

extension ViewKind {
    /// Also those that no number key leads to.
    static let allWithKeys: [ViewKind] =
        allCases + [.deadLetters, .device, .registry, .offenders, .refusalGroups]

    /// As a file of keys calls it: `dead-letters`.
    var sectionName: String { title.lowercased().replacing(" ", with: "-") }
}

extension String {
    /// Without blanks at its ends.
    fileprivate var trimmed: String {
        let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" || $0 == "\r" }
        return String(drop(while: isBlank).reversed().drop(while: isBlank).reversed())
    }
}
