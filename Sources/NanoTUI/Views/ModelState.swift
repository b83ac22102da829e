import NanoCore

/// How a model does: a glyph and a word.
struct ModelState {
    let glyph: String
    let word: String
    let style: Style

    init(of entry: ModelSnapshot, _ history: History) {
        let accepted = history.rate("accepted/\(entry.id)")
        // Right behind an attachment there is no rate yet.
        if accepted.isNaN {
            (glyph, word, style) = ("◌", "–", .idle)
            return
        }
        let isRefusing = history.isRefusing(entry.id)
        // Those that are left may do well; somebody has to remember the others.
        let former = entry.blockedFormerDevices ?? 0
        let blocked = (entry.blockedDevices ?? 0) + former
        let isMost = blocked * 2 >= entry.devices + former
        if blocked > 0, isMost || !isRefusing || accepted == 0 {
            (glyph, word, style) = ("⊘", "blocked", .blocked)
            return
        }
        // One of which nothing is accepted is not silent while something of it is refused.
        if isRefusing {
            (glyph, word, style) = ("▲", "refusing", .warning)
        } else if accepted > 0 {
            (glyph, word, style) = ("●", "fine", .good)
        } else {
            (glyph, word, style) = ("◌", "silent", .silent)
        }
    }
}
