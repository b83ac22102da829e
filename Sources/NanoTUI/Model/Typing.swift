import NanoCore

/// A filter being typed. The list follows every letter, as long as what is typed is valid.
extension ConsoleModel {
    mutating func type(_ key: Key, into text: String, before: Filter?) {
        switch key {
        case .character(let character): type(text + String(character), before: before)
        case .backspace: type(String(text.dropLast()), before: before)
        case .control("u"): type("", before: before)
        case .enter:
            // What is wrong with it is said beside it.
            guard Filter(text, in: view).fault == nil else { break }
            overlay = .none
            noteFilter(before)
        case .escape, .control("c"):
            filters[view] = before
            overlay = .none
        default: break
        }
    }

    /// Another filter than before can be taken back.
    private mutating func noteFilter(_ before: Filter?) {
        guard before != filters[view] else { return }
        let source = before?.source ?? ""
        lastChange = Change(Invocation(action: .filter, arguments: [source]), in: view)
    }

    private mutating func type(_ text: String, before: Filter?) {
        overlay = .filter(text, before: before)
        // A word that is not whole yet is left out; those before it go on to hold.
        let words = text.lastIndex(of: " ").map { text[..<$0] } ?? ""
        for filter in [Filter(text, in: view), Filter(String(words), in: view)]
        where filter.fault == nil {
            filters[view] = filter
            return
        }
    }
}
