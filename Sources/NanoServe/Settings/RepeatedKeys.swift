// What Yams parses with: it tells each key with its line, where Yams stops at the first mapping.
import CYaml
import NanoCore

/// Keys that stand twice in a mapping of a YAML file. The parser of the settings stops at the first
/// mapping that has any, and knows one line of them; so its scanner is asked for them beforehand.
struct RepeatedKeys {
    /// What is wrong, a line each, in the order of the file. Nothing of a mapping that does not end.
    private(set) var problems: [String] = []
    private let path: String
    private var levels: [Level] = []
    private var found: [(line: Int, text: String)] = []

    /// Keys that are told of at once.
    private static let most = 20

    /// A mapping or a list that is under way.
    private struct Level {
        let isMapping: Bool
        var isValueNext = false
        /// Where each key stands, counted from 1.
        var lines: [String: [Int]] = [:]
    }

    init(path: String, text: String) {
        self.path = path
        var parser = yaml_parser_t()
        guard yaml_parser_initialize(&parser) == 1 else { return }
        defer { yaml_parser_delete(&parser) }
        var text = text
        text.withUTF8 { bytes in
            yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING)
            yaml_parser_set_input_string(&parser, bytes.baseAddress, bytes.count)
            var event = yaml_event_t()
            // What is no YAML is told by the parser of the settings.
            while yaml_parser_parse(&parser, &event) == 1 {
                let isLast = [YAML_DOCUMENT_END_EVENT, YAML_STREAM_END_EVENT].contains(event.type)
                note(event)
                yaml_event_delete(&event)
                if isLast { break }
            }
        }
        problems = found.sorted { ($0.line, $0.text) < ($1.line, $1.text) }.prefix(Self.most).map(
            \.text)
    }

    private mutating func note(_ event: yaml_event_t) {
        switch event.type {
        case YAML_SCALAR_EVENT:
            let scalar = event.data.scalar
            let name = String(
                decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length),
                as: UTF8.self)
            step(over: name, at: Int(event.start_mark.line) + 1)
        case YAML_ALIAS_EVENT: step()
        case YAML_MAPPING_START_EVENT, YAML_SEQUENCE_START_EVENT:
            step()
            levels.append(Level(isMapping: event.type == YAML_MAPPING_START_EVENT))
        case YAML_MAPPING_END_EVENT, YAML_SEQUENCE_END_EVENT:
            levels.popLast().map { tell($0) }
        default: break
        }
    }

    /// Goes on behind a key or a value.
    ///
    /// - Parameter name: The text that it is; nil where it is none.
    private mutating func step(over name: String? = nil, at line: Int = 0) {
        guard let last = levels.indices.last, levels[last].isMapping else { return }
        if !levels[last].isValueNext, let name {
            levels[last].lines[name, default: []].append(line)
        }
        levels[last].isValueNext.toggle()
    }

    private mutating func tell(_ level: Level) {
        for (name, lines) in level.lines where lines.count > 1 {
            let again = lines.dropFirst()
            let times =
                lines.count == 2 ? "twice" : "\(PlainWords.count(UInt64(lines.count))) times"
            let shown = again.prefix(3).map(String.init)
            let places =
                again.allSatisfy { $0 == lines[0] }
                ? " in this line"
                : ", again in " + (again.count == 1 ? "line " : "lines ")
                    + PlainWords.list(shown + (again.count > 3 ? ["others"] : []))
            found.append(
                (
                    lines[0],
                    "\(path):\(lines[0]): the key \(SettingsReader.shown(key: name)) is there "
                        + "\(times)\(places); keep one"
                ))
        }
    }
}
