import NanoCore

/// A file that an operator has named, readable by that user alone. What is there is not written over.
package enum SavedFile {
    /// - Parameters:
    ///   - path: In the folder that the process runs in, unless it says another; `~/` is the user's own.
    ///   - home: The user's own folder, as far as that is known.
    /// - Throws: What is wrong, in a sentence.
    package static func write(_ text: String, to path: String, home: String?) throws {
        var place = path
        if let home, path.hasPrefix("~/") { place = home + path.dropFirst() }
        try AtomicFile.create(Array(text.utf8), at: place, mode: 0o600)
    }
}
