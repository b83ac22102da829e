import Foundation
import NanoCore

/// Why a file of settings cannot be used, with its place.
public struct LastingFault: Error, Equatable, Sendable, CustomStringConvertible {
    public let description: String
}

/// The file in which a console's settings last: a JSON object.
///
/// What it does not know, which a later version may have written, it leaves as it is.
public struct LastingFile {
    /// What it says, as far as it can be used.
    public private(set) var settings = LastingSettings()
    /// What cannot be used, each with its place; the others hold nevertheless.
    public private(set) var faults: [String] = []
    private var object: [String: Any] = [:]
    private let text: String
    private let file: String

    /// - Parameters:
    ///   - bytes: Of the file; nil where there is none.
    ///   - file: For messages.
    /// - Throws: ``LastingFault`` for what is no JSON object.
    public init(_ bytes: [UInt8]?, file: String) throws(LastingFault) {
        self.file = SafeText.quotable(file, to: 4_096)
        text = String(decoding: bytes ?? [], as: UTF8.self)
        guard let bytes else { return }
        do {
            guard let object = try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any]
            else { throw LastingFault(description: "\(self.file):1: is no JSON object") }
            self.object = object
        } catch let fault as LastingFault {
            throw fault
        } catch {
            throw LastingFault(
                description: "\(self.file):\(Self.line(of: error, in: bytes)): is no JSON")
        }
        readTheme()
        readSort()
        readColumns()
        readLayout()
        readMouse()
    }

    private mutating func readTheme() {
        guard let value = object["theme"] else { return }
        guard let name = value as? String else {
            return blame("theme", "is the name of a theme")
        }
        settings.theme = name
    }

    private mutating func readSort() {
        guard let value = object["sort"] else { return }
        guard let sort = (value as? String).flatMap(DeviceSort.init(words:)) else {
            let columns = DeviceSort.Column.allCases.map(\.name).joined(separator: ", ")
            return blame("sort", "is one of \(columns), and ascending or descending behind it")
        }
        settings.sort = sort
    }

    private mutating func readColumns() {
        guard let value = object["hidden_columns"] else { return }
        guard let views = value as? [String: [String]] else {
            return blame("hidden_columns", "has lists of columns by view")
        }
        for view in ViewKind.withColumns {
            guard let names = views[view.sectionName] else { continue }
            settings.hiddenColumns[view] = Set(names.map { view.columnName(of: $0) ?? $0 })
        }
    }

    private mutating func readLayout() {
        guard let value = object["layout"] else { return }
        guard let object = value as? [String: Any] else {
            return blame("layout", "has hidden_panes, split and curves")
        }
        var wrong: [(key: String, words: String)] = []
        settings.layout = Layout(object) { wrong.append(($0, $1)) }
        for fault in wrong { blame(fault.key, fault.words) }
    }

    private mutating func readMouse() {
        guard let value = object["mouse"] else { return }
        guard let isOn = value as? Bool else { return blame("mouse", "is true or false") }
        settings.isMouseOn = isOn
    }

    private mutating func blame(_ key: String, _ words: String) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let place = lines.firstIndex { $0.contains("\"\(key)\"") }.map { ":\($0 + 1)" } ?? ""
        faults.append("\(file)\(place): \"\(key)\" \(words); it is passed over")
    }

    /// The file with what has changed, and nothing else: another console may have written meanwhile.
    public func bytes(
        changing old: LastingSettings, to new: LastingSettings
    ) throws(LastingFault) -> [UInt8] {
        var object = object
        if old.theme != new.theme { object["theme"] = new.theme }
        if old.sort != new.sort { object["sort"] = new.sort.words }
        if old.isMouseOn != new.isMouseOn { object["mouse"] = new.isMouseOn }
        if old.layout != new.layout {
            let layout = object["layout"] as? [String: Any] ?? [:]
            object["layout"] = new.layout.object(changing: old.layout, in: layout)
        }
        if old.hiddenColumns != new.hiddenColumns {
            var views = object["hidden_columns"] as? [String: Any] ?? [:]
            for view in ViewKind.withColumns
            where old.hiddenColumns[view] != new.hiddenColumns[view] {
                views[view.sectionName] = new.hiddenColumns[view, default: []].sorted()
            }
            object["hidden_columns"] = views
        }
        do {
            let data = try JSONSerialization.data(
                withJSONObject: object, options: [.prettyPrinted, .sortedKeys])
            return Array(data) + [UInt8(ascii: "\n")]
        } catch {
            throw LastingFault(description: "\(file): cannot be written as JSON")
        }
    }

    /// The line that the library has found something wrong in; the last one where that is the end.
    private static func line(of error: any Error, in bytes: [UInt8]) -> Int {
        let words = (error as NSError).userInfo[NSDebugDescriptionErrorKey] as? String ?? ""
        if let match = words.firstMatch(of: /line (\d+)/), let line = Int(match.output.1) {
            return line
        }
        let place = words.firstMatch(of: /character (\d+)/).flatMap { Int($0.output.1) }
        // What ends too early does so behind what there is.
        let before = place.map { bytes.prefix($0) } ?? bytes.dropLast()
        return 1 + before.count { $0 == UInt8(ascii: "\n") }
    }
}

extension DeviceSort {
    /// As it stands in a file, and is typed: `rate descending`.
    var words: String { invocation.arguments.joined(separator: " ") }

    init?(words: String) {
        let parts = words.split(separator: " ").map(String.init)
        guard parts.count == 2, ["ascending", "descending"].contains(parts[1]),
            let column = Column(name: parts[0])
        else { return nil }
        self.init(column: column, isAscending: parts[1] == "ascending")
    }
}
