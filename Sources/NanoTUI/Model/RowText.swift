import NanoCore

/// What rows are about, in text that is copied: a name, an address, a sentence. It is escaped, since it
/// is pasted where a control character would do something. Of secrets there is none.
extension ConsoleModel {
    /// Of the marked rows, or of the one under the cursor.
    var textsToCopy: [String] {
        let marked = marks.ids(in: view)
        let ids = marked.isEmpty ? cursor.map { [rowIDs[$0]] } ?? [] : marked
        // Nothing is no copy: some terminals would empty their clipboard.
        return ids.compactMap(text).filter { !$0.isEmpty }.map(SafeText.escaped)
    }

    private func text(of id: RowID) -> String? {
        switch id {
        case .device(_, let device): return device
        case .alarm(let name):
            return alarms.first { $0.id == name }.map(Self.text) ?? endedAlarm(name)
        case .name(let name): return view == .refusalGroups ? String(name.dropFirst()) : name
        case .number(let number): return text(ofNumber: number)
        // What a secret is, nobody is told; its fingerprint can be read on the screen.
        case .generation: return nil
        }
    }

    private func text(ofNumber number: UInt64) -> String? {
        switch view {
        case .log: shown.log.first { $0.id == number }?.message
        case .alarms: shown.audit.first { $0.number == number }?.sentence
        case .deadLetters: letters.first { UInt64($0.number) == number }?.id
        default: nil
        }
    }

    private static func text(of alarm: AlarmSnapshot) -> String { "\(alarm.title): \(alarm.text)" }

    /// An alarm that has ended has its end in front of its id (``RowID``).
    private func endedAlarm(_ name: String) -> String? {
        alarms.first { alarm in
            alarm.endedUnixMilliseconds.map { "\($0) \(alarm.id)" } == name
        }.map(Self.text)
    }
}
