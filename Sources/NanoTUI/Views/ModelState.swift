import NanoCore

/// How a model does: a glyph and a word.
struct ModelState {
    let glyph: String
    let word: String
    let style: Style

    init(of entry: ModelSnapshot, _ history: History) {
        if history.rate("refused/\(entry.id)") >= 1 {
            (glyph, word, style) = ("▲", "refusing", .warning)
        } else if history.rate("accepted/\(entry.id)") > 0 {
            (glyph, word, style) = ("●", "fine", .good)
        } else {
            (glyph, word, style) = ("◌", "silent", .silent)
        }
    }
}
