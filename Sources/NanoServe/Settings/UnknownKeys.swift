import NanoCore

extension SettingsReader {
    /// One line for each key of the file that nobody asked for, with the one probably meant.
    mutating func reportUnknownKeys() {
        guard let file else { return }
        let sections = Set(asked.flatMap(Self.sections(above:)))
        let candidates = asked.union(sections)
        var reported: Set<String> = []
        for key in file.order {
            if candidates.contains(key) {
                guard !asked.contains(key), !file.isSection(key) else { continue }
                report("\(file.place(of: key)): \(key) is a section; put its keys below it")
                reported.insert(key)
            } else if reported.isDisjoint(with: Self.sections(above: key)) {
                let (fault, remedy) = Self.fault(ofUnknown: key, among: candidates)
                report("\(file.place(of: key)): \(Self.shown(key: key)) \(fault); \(remedy)")
                reported.insert(key)
            }
        }
    }

    /// What is wrong with a key that nobody asked for, and what to do about it. Only a key of the
    /// same section is suggested: those of another kind of destination would be refused here too.
    private static func fault(
        ofUnknown key: String, among candidates: Set<String>
    ) -> (String, remedy: String) {
        let (section, name) = split(key)
        let siblings = candidates.map(split).filter { $0.section == section }.map(\.name)
            .filter { !$0.contains("[") }.sorted()
        let place = section.isEmpty ? "the file" : String(section.dropLast())
        let allowed = "\(place) may have " + siblings.joined(separator: ", ")
        if let near = Suggestion.nearest(to: name, among: siblings) {
            return ("is not a known key", "did you mean \(section)\(near)? \(allowed)")
        }
        let isOfOtherKind =
            section.hasPrefix("routes.")
            && candidates.contains { $0.hasPrefix("routes.") && split($0).name == name }
        return (
            isOfOtherKind ? "is no key of this kind of destination" : "is not a known key",
            siblings.isEmpty ? "take it out" : "take it out; \(allowed)"
        )
    }

    /// `routes.alba.` and `endpoint` for `routes.alba.endpoint`.
    private static func split(_ key: String) -> (section: String, name: String) {
        let name = key.lastIndex(of: ".").map(key.index(after:)) ?? key.startIndex
        return (String(key[..<name]), String(key[name...]))
    }
}
