import Foundation
import Glibc
import NanoCore
import Yams

/// A YAML file as a flat table of dotted keys, each with the line that it stands on.
struct SettingsFile {
    /// What stands at a key.
    enum Shape: Equatable {
        case scalar(String)
        case section
        case list(count: Int)
        /// A key without a value, as if it were not there.
        case empty
    }

    struct Entry {
        var line: Int
        var shape: Shape
    }

    /// The largest file that is read, in bytes.
    static let maximumBytes = 1 << 20
    /// The most keys and values, aliases written out: a few lines of aliases of aliases would
    /// otherwise fill the memory.
    static let maximumEntries = 10_000
    /// The most sections and lists inside one another.
    static let maximumDepth = 16

    let path: String
    /// Why others than root and the gateway's user may change what the file says; nil when nobody may.
    private(set) var weakness: String?
    private(set) var entries: [String: Entry] = [:]
    /// Keys in the order of the file.
    private(set) var order: [String] = []
    /// Names below each section, in the order of the file.
    private(set) var children: [String: [String]] = [:]

    /// - Throws: ``SettingsError`` with one line when the file can't be read or is not YAML.
    init(path: String) throws(SettingsError) {
        let bytes: [UInt8]
        do throws(PlainFile.Fault) {
            bytes = try Self.bytes(path)
        } catch {
            throw SettingsError(lines: [Self.unreadable(path, error)])
        }
        // Some editors put a byte order mark in front, which says nothing here.
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let content = bytes.starts(with: mark) ? bytes.dropFirst(mark.count) : bytes[...]
        guard let text = String(validating: content, as: UTF8.self) else {
            throw SettingsError(lines: ["\(path): the file is not UTF-8 text; save it as UTF-8"])
        }
        try self.init(path: path, text: text)
        guard !Self.isStream(path) else { return }
        weakness = TrustedPath(user: geteuid(), path: path, kind: "file").problem
    }

    private static func bytes(_ path: String) throws(PlainFile.Fault) -> [UInt8] {
        guard isStream(path) else { return try PlainFile.read(path, atMost: maximumBytes) }
        let stream = Glibc.open(path, O_RDONLY | O_CLOEXEC)
        guard stream >= 0 else {
            throw PlainFile.Fault(words: "cannot be opened: " + String(cString: strerror(errno)))
        }
        defer { close(stream) }
        return try PlainFile.read(stream, atMost: maximumBytes)
    }

    /// Whether it is a stream that the gateway was started with, and that whoever started it answers
    /// for.
    static func isStream(_ path: String) -> Bool {
        path == "/dev/stdin" || path.wholeMatch(of: /\/(dev|proc\/self)\/fd\/[0-9]+/) != nil
    }

    private static func unreadable(_ path: String, _ fault: PlainFile.Fault) -> String {
        if path.isEmpty { return "the path of the configuration file is empty; name a file" }
        let shown = SafeText.quotable(path, to: 4_096)
        guard FileManager.default.fileExists(atPath: path) else {
            return "\(shown): the configuration file is not there; create it or name another"
        }
        return fault.words.hasPrefix("cannot be opened")
            ? "\(shown): the configuration file cannot be read; look at its owner and mode"
            : "\(shown): the configuration file \(fault.words)"
    }

    /// - Throws: ``SettingsError`` with one line when the text is not YAML.
    init(path: String, text: String) throws(SettingsError) {
        self.path = path
        let root = try Self.compose(path: path, text: text)
        guard let root, root.null == nil else { return }
        guard root.mapping != nil else {
            throw SettingsError(lines: [
                "\(path):1: the file is not a mapping of keys to values; write lines like name: plant"
            ])
        }
        try add(root, at: "", line: 1, depth: 0)
    }

    private static func compose(path: String, text: String) throws(SettingsError) -> Node? {
        let repeated = RepeatedKeys(path: path, text: text).problems
        guard repeated.isEmpty else { throw SettingsError(lines: repeated) }
        do {
            return try Yams.compose(yaml: text)
        } catch {
            throw SettingsError(lines: [describe(error, path: path, text: text)])
        }
    }

    private mutating func add(
        _ node: Node, at key: String, line: Int, depth: Int
    ) throws(SettingsError) {
        guard order.count < Self.maximumEntries else {
            throw SettingsError(lines: [
                "\(path):\(line): more than \(Self.maximumEntries) keys and values, with aliases "
                    + "written out; use fewer"
            ])
        }
        guard depth <= Self.maximumDepth else {
            throw SettingsError(lines: [
                "\(path):\(line): more than \(Self.maximumDepth) sections and lists inside one "
                    + "another; use fewer"
            ])
        }
        switch node {
        case .scalar(let scalar):
            let isEmpty = node.null != nil
            insert(key, Entry(line: line, shape: isEmpty ? .empty : .scalar(scalar.string)))
        case .sequence(let sequence):
            insert(key, Entry(line: line, shape: .list(count: sequence.count)))
            for (index, item) in sequence.enumerated() {
                try add(
                    item, at: "\(key)[\(index)]", line: item.mark?.line ?? line, depth: depth + 1)
            }
        case .mapping(let mapping):
            insert(key, Entry(line: line, shape: .section))
            for (name, value) in mapping {
                let text = try Self.key(name, "\(path):\(name.mark?.line ?? line)")
                children[key, default: []].append(text)
                let child = key.isEmpty ? text : key + "." + text
                try add(value, at: child, line: name.mark?.line ?? line, depth: depth + 1)
            }
        case .alias:
            insert(key, Entry(line: line, shape: .empty))
        }
    }

    /// The name in front of a value. Dots and brackets stand for sections and lists in messages, so
    /// no name has them.
    private static func key(_ node: Node, _ place: String) throws(SettingsError) -> String {
        guard let text = node.scalar?.string, !text.isEmpty else {
            throw SettingsError(lines: ["\(place): a key is not plain text; write KEY: VALUE"])
        }
        guard !text.contains(where: { ".[".contains($0) }) else {
            throw SettingsError(lines: [
                "\(place): the key \(SettingsReader.shown(key: text)) has a dot or a bracket; put keys "
                    + "below their sections, one a line"
            ])
        }
        return text
    }

    private mutating func insert(_ key: String, _ entry: Entry) {
        guard !key.isEmpty else { return }
        entries[key] = entry
        order.append(key)
    }

    /// Whether a key has keys below it, or nothing yet.
    func isSection(_ key: String) -> Bool {
        switch entries[key]?.shape {
        case .section, .empty, nil: true
        case .scalar, .list: false
        }
    }

    /// Where a key stands: `nanogridata.yaml:12`.
    func place(of key: String) -> SettingsPlace {
        let line = entries[key]?.line ?? 1
        return SettingsPlace("\(path):\(line)", line: line)
    }

    private static func describe(_ error: any Error, path: String, text: String) -> String {
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        switch error as? YamlError {
        case .scanner(_, _, let mark, _)
        where lines.indices.contains(mark.line - 1)
            && lines[mark.line - 1].prefix(while: \.isWhitespace).contains("\t"):
            return "\(path):\(mark.line): the line begins with a tab; YAML is indented with spaces"
        case .composer(_, let problem, let mark, _) where problem.contains("another document"):
            return
                "\(path):\(mark.line): another document begins; a file holds one, so take out ---"
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            return "\(path):\(mark.line): not valid YAML at column \(mark.column): \(problem)"
        // Lists or sections in the place of keys, which are told of when there is one of each.
        case .duplicatedKeysInMapping(_, let context):
            return "\(path):\(context.mark.line): a key is there twice; keep one"
        default: return "\(path): not valid YAML"
        }
    }
}
