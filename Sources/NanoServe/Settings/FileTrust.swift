import Glibc

/// Who answers for files that others than root and the gateway's user may change.
enum FileTrust {
    /// The variable by which whoever starts the gateway does: `1` makes warnings of refusals.
    static let variable = "NANOGRIDATA_TRUST_FILES"

    static let remedy = "or, if nobody else really can, set \(variable)=1"
}

extension SettingsReader {
    /// Notes that what stands here makes the file one that nobody else may change.
    ///
    /// - Parameter what: In a sentence: `names a program`.
    mutating func charge(_ place: SettingsPlace, _ what: String) {
        guard place.line != nil, firstCharge == nil else { return }
        firstCharge = (place, what)
    }

    /// Judges the file itself, once all of it has been read.
    mutating func judgeFile() {
        judgeVariable()
        guard let file, let weakness = file.weakness else { return }
        guard let (place, what) = firstCharge else {
            warnings.append("\(file.path): \(weakness)")
            return
        }
        _ = isTaken(
            at: place,
            despite: "the file \(what), so that none but its owner may change it; \(weakness)")
    }

    /// Whether none but root and the gateway's user decide what a file is; if others do, it is a
    /// problem.
    mutating func trust(file path: String, at place: SettingsPlace) -> Bool {
        guard let weakness = TrustedPath(user: geteuid(), path: path, kind: "file").problem else {
            return true
        }
        return isTaken(at: place, despite: weakness)
    }

    /// Whether what others may change is taken nevertheless, which is a warning then, and else a
    /// problem.
    mutating func isTaken(at place: SettingsPlace, despite weakness: String) -> Bool {
        guard environment[FileTrust.variable] == "1" else {
            report("\(place): \(weakness); \(FileTrust.remedy)")
            return false
        }
        warnings.append("\(place): \(weakness)")
        return true
    }

    /// Warns of a file that others may change.
    ///
    /// - Parameter what: What they decide by it: `says who may connect`.
    mutating func warn(ofFile path: String, at place: SettingsPlace, _ what: String) {
        guard let weakness = TrustedPath(user: geteuid(), path: path, kind: "file").problem else {
            return
        }
        warnings.append("\(place): the file \(what); \(weakness)")
    }

    private mutating func judgeVariable() {
        guard let text = environment[FileTrust.variable], !["", "0", "1"].contains(text) else {
            return
        }
        report(
            "environment \(FileTrust.variable): \(Self.shown(text)) is not allowed; use 1, or 0 as "
                + "without it")
    }
}
