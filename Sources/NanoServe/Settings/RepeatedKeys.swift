import NanoCore
import Yams

/// Keys that stand twice in a YAML file. The parser stops at the first of them; each is told here.
struct RepeatedKeys {
    /// What is wrong, a line each.
    private(set) var problems: [String] = []
    /// The text without what is there again, its lines where they were.
    private(set) var text: String
    private let path: String

    /// Keys that are told of at once.
    private static let most = 20

    init(path: String, text: String) {
        (self.path, self.text) = (path, text)
    }

    /// Takes note of a key, and leaves out where it stands again.
    ///
    /// - Parameters:
    ///   - keys: Those of one mapping that stand twice.
    ///   - line: Where the first of them stands first.
    /// - Returns: Whether others may be looked for.
    mutating func note(_ keys: [String], at line: Int) -> Bool {
        var lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        guard let key = keys.first, let again = Self.repetition(of: key, in: lines, line) else {
            let names = PlainWords.list(keys.map(SafeText.escaped))
            problems.append(
                keys.count == 1
                    ? "\(path):\(line): the key \(names) is there twice; keep one"
                    : "\(path):\(line): the keys \(names) are there twice; keep one of each")
            return false
        }
        problems.append(
            "\(path):\(line): the key \(SafeText.escaped(key)) is there twice, again in line "
                + "\(again + 1); keep one")
        Self.leaveOut(again, &lines)
        text = lines.joined(separator: "\n")
        return problems.count < Self.most
    }

    /// Takes a key's line out with all that belongs to it.
    private static func leaveOut(_ place: Int, _ lines: inout [Substring]) {
        func column(_ line: Substring) -> Int { line.prefix { $0 == " " }.count }
        let key = column(lines[place])
        lines[place] = ""
        for next in lines.indices.dropFirst(place + 1) {
            let rest = lines[next].drop { $0 == " " }
            // The items of a list may stand below its key without being moved in.
            let belongs =
                column(lines[next]) > key || column(lines[next]) == key && rest.first == "-"
            guard rest.isEmpty || belongs else { return }
            lines[next] = ""
        }
    }

    /// The place of a key's next mention in the same column; nil where it has none of its own.
    private static func repetition(of key: String, in lines: [Substring], _ first: Int) -> Int? {
        func column(_ line: Substring) -> Int? {
            let name = line.drop { $0 == " " }
            let isIt = [key, "'\(key)'", "\"\(key)\""].contains {
                name.hasPrefix($0) && name.dropFirst($0.count).drop { $0 == " " }.first == ":"
            }
            return isIt ? line.count - name.count : nil
        }
        guard lines.indices.contains(first - 1), let place = column(lines[first - 1]) else {
            return nil
        }
        return lines.indices.dropFirst(first).first { column(lines[$0]) == place }
    }
}
