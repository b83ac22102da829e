import Foundation
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
    private(set) var entries: [String: Entry] = [:]
    /// Keys in the order of the file.
    private(set) var order: [String] = []
    /// Names below each section, in the order of the file.
    private(set) var children: [String: [String]] = [:]

    /// - Throws: ``SettingsError`` with one line when the file can't be read or is not YAML.
    init(path: String) throws(SettingsError) {
        let data: Data
        do {
            data = try Data(contentsOf: URL(filePath: path))
        } catch {
            let isThere = FileManager.default.fileExists(atPath: path)
            let reason = isThere ? "cannot be read" : "is not there"
            throw SettingsError(lines: ["\(path): the configuration file \(reason)"])
        }
        guard data.count <= Self.maximumBytes else {
            throw SettingsError(lines: [
                "\(path): \(data.count) bytes are too many; use at most \(Self.maximumBytes)"
            ])
        }
        guard let text = String(data: data, encoding: .utf8) else {
            throw SettingsError(lines: ["\(path): the file is not UTF-8 text"])
        }
        try self.init(path: path, text: text)
    }

    /// - Throws: ``SettingsError`` with one line when the text is not YAML.
    init(path: String, text: String) throws(SettingsError) {
        self.path = path
        let root: Node?
        do {
            root = try Yams.compose(yaml: text)
        } catch {
            throw SettingsError(lines: [Self.describe(error, path: path)])
        }
        guard let root, root.null == nil else { return }
        guard root.mapping != nil else {
            throw SettingsError(lines: ["\(path):1: the file is not a mapping of keys to values"])
        }
        try add(root, at: "", line: 1, depth: 0)
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
                let text = name.string ?? ""
                children[key, default: []].append(text)
                let child = key.isEmpty ? text : key + "." + text
                try add(value, at: child, line: name.mark?.line ?? line, depth: depth + 1)
            }
        case .alias:
            insert(key, Entry(line: line, shape: .empty))
        }
    }

    private mutating func insert(_ key: String, _ entry: Entry) {
        guard !key.isEmpty else { return }
        entries[key] = entry
        order.append(key)
    }

    /// Where a key stands: `nanogridata.yaml:12`.
    func place(of key: String) -> String { "\(path):\(entries[key]?.line ?? 1)" }

    private static func describe(_ error: any Error, path: String) -> String {
        switch error as? YamlError {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            "\(path):\(mark.line): not valid YAML at column \(mark.column): \(problem)"
        case .duplicatedKeysInMapping(let duplicates, let context):
            "\(path):\(context.mark.line): the key "
                + duplicates.map { SafeText.escaped("\($0)") }.joined(separator: ", ")
                + " is there twice"
        default: "\(path): not valid YAML"
        }
    }
}
