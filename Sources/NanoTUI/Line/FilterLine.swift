import NanoCore

/// A filter being typed. The list follows every letter, as long as what is typed is valid.
extension ConsoleModel {
    mutating func beginFilter() {
        let source = filter(view).source
        let line = LineEditor(
            Self.readyForMore(source), history: filterHistory, limit: Filter.maximumBytes)
        overlay = .filter(line, before: filters[view])
    }

    mutating func type(_ key: Key, into line: LineEditor, before: Filter?) {
        var line = line
        let outcome = line.handle(key) { filterCompletion(of: $0) }
        overlay = .filter(line, before: before)
        switch outcome {
        case .kept: break
        case .edited: follow(line.text)
        case .entered:
            // What is wrong with it is said beside it.
            let text = withoutBlank(line.text)
            guard view.filter(text).isValid else { return }
            // The blank that the line began with is no part of what is kept.
            if filter(view).source != text { filters[view] = view.filter(text) }
            filterHistory.add(text)
            overlay = .none
            noteFilter(before)
        case .left:
            filters[view] = before
            overlay = .none
        }
    }

    /// A filter as its line begins: what is typed next is a term of its own.
    private static func readyForMore(_ source: String) -> String {
        source.isEmpty || source.last == " " || source.utf8.count >= Filter.maximumBytes
            ? source : source + " "
    }

    /// A filter without a blank at its end, which has no meaning unless a quotation is open.
    private func withoutBlank(_ text: String) -> String {
        guard text.last == " ", view.filter(text).pieces.last?.kind == .space else { return text }
        return String(text.dropLast())
    }

    /// Another filter than before can be taken back.
    private mutating func noteFilter(_ before: Filter?) {
        guard before != filters[view] else { return }
        let source = before?.source ?? ""
        lastChange = Change(Invocation(action: .filter, arguments: [source]), in: view)
    }

    /// A term that is not whole yet is left out; those before it go on to hold.
    private mutating func follow(_ text: String) {
        let filter = view.filter(text)
        let terms = filter.pieces.last { $0.kind == .space }?.range.lowerBound ?? 0
        let before = String(decoding: text.utf8.prefix(terms), as: UTF8.self)
        for filter in [filter, view.filter(before)] where filter.isValid {
            filters[view] = filter
            return
        }
    }

    /// What may stand at the cursor: keys, names, and what the gateway knows at the moment.
    func filterCompletion(of line: LineEditor) -> Completion {
        let head = line.head
        let completion = FilterCompletion(
            of: head, at: head.utf8.count, in: view.filterScope, values: knownValues)
        let kept = String(decoding: head.utf8.prefix(completion.range.lowerBound), as: UTF8.self)
        let candidates = completion.candidates.map { text in
            let key = completion.key == nil ? FilterKey(rawValue: String(text.dropLast())) : nil
            return Completion.Candidate(text, key?.words ?? "", ending: key == nil ? " " : "")
        }
        return Completion(
            start: kept.count, candidates: candidates, expected: completion.key?.words ?? "")
    }

    /// What can be asked for at the moment, for keys whose values are no names.
    private func knownValues(_ key: FilterKey) -> [String] {
        switch key {
        case .model: shown.models.map(\.id.description)
        case .device: Set(shownDevices).sorted()
        case .route: shown.routes.map(\.name)
        case .address: Set(shownAddresses).sorted()
        case .from: Set(shown.log.map(\.label)).sorted()
        case .status: Set(shown.routes.flatMap(\.newestDeadLetters).map(\.error)).sorted()
        case .generation: Set(shown.secrets.map(\.generation)).sorted().map(String.init)
        default: []
        }
    }

    private var shownDevices: [String] {
        switch view {
        case .registry: shown.registry.rows.map(\.name.id)
        case .packets: shown.packets.compactMap(\.deviceID)
        case .rejections, .refusalGroups: shown.rejections.compactMap(\.deviceID)
        case .deadLetters: shown.routes.flatMap(\.newestDeadLetters).compactMap(\.device)
        case .overview, .alarms: shown.alarms.compactMap(\.device)
        default: shown.devices.map(\.id)
        }
    }

    private var shownAddresses: [String] {
        switch view {
        case .device: records.map { Self.withoutPort($0.address) }
        case .registry: shown.registry.rows.map { Self.withoutPort($0.address) }
        case .packets: shown.packets.map { Self.withoutPort($0.address) }
        case .rejections, .refusalGroups: shown.rejections.map { Self.withoutPort($0.address) }
        case .offenders: shown.offenders.rows.map(\.source)
        case .overview, .alarms: shown.alarms.compactMap(\.address)
        default: shown.devices.map { Self.withoutPort($0.address) }
        }
    }

    private static func withoutPort(_ address: String) -> String {
        address.lastIndex(of: ":").map { String(address[..<$0]) } ?? address
    }
}

extension LineSpan {
    /// How the pieces of a filter are drawn.
    static func spans(of filter: Filter) -> [LineSpan] {
        var (spans, place, offset): ([LineSpan], Int, Int) = ([], 0, 0)
        var characters = filter.source[...]
        for piece in filter.pieces {
            let start = place
            while offset < piece.range.upperBound, let character = characters.popFirst() {
                offset += character.utf8.count
                place += 1
            }
            let kind: Kind =
                switch piece.kind {
                case _ where piece.isFaulty: .invalid
                case .space: .plain
                case .key, .mark, .minus: .name
                case .word, .value: .valid
                }
            spans.append(LineSpan(start..<place, kind))
        }
        return spans
    }
}
