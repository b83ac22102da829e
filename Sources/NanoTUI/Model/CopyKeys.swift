import NanoCore

/// Copying: to the terminal's clipboard, and to a file where that may not take it.
extension ConsoleModel {
    /// Asks in which form packets are copied; what else there is, is copied at once.
    mutating func askForCopy() -> [Effect] {
        guard view.listsPackets else { return copyRows() }
        guard !recordsToCopy.isEmpty else {
            say("there is nothing to copy", isFault: true)
            return []
        }
        overlay = .copy(recordsToCopy, .hex)
        return []
    }

    /// The open packet, those that are marked, or the one under the cursor.
    private var recordsToCopy: [PacketRecord] {
        let row = cursor.flatMap { records.indices.contains($0) ? records[$0] : nil }
        return chosenRecords(otherwise: row.map { [$0] } ?? [])
    }

    /// Copies in the form that a command names.
    mutating func copy(as form: CopyForm) -> [Effect] {
        guard form != .text else { return copyRows() }
        guard view.listsPackets else {
            say(
                "only packets are copied as \(form.rawValue); show packets or rejections",
                isFault: true)
            return []
        }
        return copy(recordsToCopy, as: form)
    }

    mutating func copy(_ records: [PacketRecord], as form: CopyForm) -> [Effect] {
        guard !records.isEmpty else {
            say("there is nothing to copy", isFault: true)
            return []
        }
        let port = shown.gateway.monitorPort
        guard form != .curl || port > 0 else {
            say("the gateway has no monitoring pages that curl could ask", isFault: true)
            return []
        }
        let text = PacketCopy.text(of: records, as: form, monitorPort: port)
        let packets = Numbers.counted(UInt64(records.count), "packet")
        return copy(CopiedText(form: form, text: text, subject: "\(packets) as \(form.rawValue)"))
    }

    private mutating func copyRows() -> [Effect] {
        let rows = textsToCopy
        guard let first = rows.first else {
            let forms = CopyForm.ofPackets.map(\.rawValue).joined(separator: ", ")
            say(
                view.listsPackets
                    ? "packets are copied as one of \(forms)" : "there is nothing to copy",
                isFault: true)
            return []
        }
        let subject =
            rows.count == 1
            ? SafeText.shortened(first, to: 40) : Numbers.counted(UInt64(rows.count), "row")
        return copy(
            CopiedText(form: .text, text: rows.joined(separator: "\n"), subject: subject))
    }

    /// Hands a text to the terminal, and to the gateway where the terminal may not take it.
    private mutating func copy(_ copy: CopiedText) -> [Effect] {
        let mayWrite = !attachment.changesNothing
        switch clipboard.reach(of: copy.text) {
        case .likely:
            let size = Numbers.counted(UInt64(copy.text.utf8.count), "byte")
            say("\(copy.subject) sent to the terminal's clipboard, \(size)")
            return [.copy(copy.text)]
        case .uncertain(let condition):
            guard mayWrite else {
                say("\(copy.subject) sent to the terminal's clipboard", details: [condition])
                return [.copy(copy.text)]
            }
            copyRemarks = ["sent to the clipboard too", copy.subject, condition]
            return [.copy(copy.text), .perform(.keep(copy))]
        case .none(let reason):
            copyRemarks = ["not sent to the clipboard", copy.subject, reason]
            guard mayWrite else {
                say(
                    "not copied: \(reason), and a console that only looks writes no file",
                    isFault: true)
                return []
            }
            return [.perform(.keep(copy))]
        }
    }

    /// What there is to say of a command beside its result: of a copy that was written to a file where
    /// else it is. The file comes first, and how a multiplexer is set up last.
    func remarks(on command: Command) -> [String] {
        if case .keep = command { copyRemarks } else { [] }
    }

    mutating func choose(
        _ form: CopyForm, for records: [PacketRecord], _ key: Key
    ) -> [Effect] {
        let forms = CopyForm.ofPackets
        switch key {
        case .left, .up, .backTab: overlay = .copy(records, forms.neighbour(of: form, by: -1))
        case .right, .down, .tab: overlay = .copy(records, forms.neighbour(of: form, by: 1))
        case .enter, .character("y"), .character("e"):
            overlay = .none
            return copy(records, as: form)
        case .escape, .character("q"), .control("c"): overlay = .none
        case .character(let letter):
            guard let chosen = forms.first(where: { $0.letter == letter }) else { break }
            overlay = .none
            return copy(records, as: chosen)
        default: break
        }
        return []
    }
}

extension CopyForm {
    /// The key that chooses it at once.
    var letter: Character {
        switch self {
        case .hex: "h"
        case .c: "c"
        case .json: "j"
        case .curl: "u"
        case .text: "t"
        }
    }

    /// What a dialog calls it.
    var title: String {
        switch self {
        case .hex, .curl, .text: rawValue
        case .c: "C array"
        case .json: "JSON"
        }
    }
}
