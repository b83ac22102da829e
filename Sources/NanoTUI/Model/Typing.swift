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
            if view.filter(text).isValid { overlay = .none }
        case .escape, .control("c"):
            filters[view] = before
            overlay = .none
        default: break
        }
    }

    private mutating func type(_ text: String, before: Filter?) {
        overlay = .filter(text, before: before)
        // A word that is not whole yet is left out; those before it go on to hold.
        let words = text.lastIndex(of: " ").map { text[..<$0] } ?? ""
        for filter in [view.filter(text), view.filter(String(words))] where filter.isValid {
            filters[view] = filter
            return
        }
    }
}
