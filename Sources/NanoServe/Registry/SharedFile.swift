import Foundation
import NanoCore

/// What a ``SharedFile`` holds.
protocol SharedContent: Codable, Equatable, Sendable {
    /// Its name in the state folder.
    static var fileName: String { get }
    /// The one version that is read and written.
    static var readVersion: Int { get }
    /// Whether it is written with a line for each value, for people; not where there are too many.
    static var isSpacious: Bool { get }
    var version: Int { get }
    /// A file with nothing in it.
    init()
    /// What is wrong with it, beginning with the key; nil when nothing is.
    var fault: String? { get }
}

extension SharedContent {
    static var isSpacious: Bool { true }
}

/// A list in the state folder that the gateway and command lines change in turn, as JSON that people
/// can read.
struct SharedFile<Content: SharedContent>: Sendable {
    /// The state folder.
    let folder: String

    private static var maximumBytes: Int { 64 << 20 }
    /// Whoever changes one of these files holds it from reading to writing.
    private static var lock: String { "devices" }

    var path: String { "\(folder)/\(Content.fileName)" }
    var stamp: FileStamp? { FileStamp(of: path, withStatus: true) }

    /// What is in the file; nil when there is none.
    ///
    /// - Throws: ``KeystoreError`` that names the file, and the key that is at fault.
    func load() throws(KeystoreError) -> Content? {
        guard let bytes = try PrivateFile.read(path, atMost: Self.maximumBytes) else { return nil }
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let content: Content
        do {
            content = try decoder.decode(Content.self, from: Data(bytes))
        } catch {
            throw KeystoreError(unusable: "\(path): \(JSONFault.words(error))")
        }
        guard content.version == Content.readVersion else {
            throw KeystoreError(
                unusable:
                    "\(path): version is \(content.version); this release reads \(Content.readVersion)"
            )
        }
        if let fault = content.fault { throw KeystoreError(unusable: "\(path): \(fault)") }
        return content
    }

    /// Writes it whole or not at all.
    func save(_ content: Content) throws(KeystoreError) {
        if let fault = content.fault { throw KeystoreError("\(path): not written: \(fault)") }
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        if Content.isSpacious { encoder.outputFormatting.insert(.prettyPrinted) }
        guard let data = try? encoder.encode(content) else {
            throw KeystoreError("\(path): cannot be encoded")
        }
        try PrivateFile.write(Array(data) + Array("\n".utf8), to: path)
    }

    /// Changes what is there, read anew. What is as it was is not written.
    ///
    /// - Parameter fallback: What is changed where there is no file.
    /// - Throws: ``KeystoreError``, also what `body` throws; the file is then as it was.
    func update(
        or fallback: Content, _ body: (inout Content) throws(KeystoreError) -> String
    ) throws(KeystoreError) -> (change: SharedChange, content: Content, stamp: FileStamp?) {
        try KeystoreLock.hold(in: folder, Self.lock) { () throws(KeystoreError) in
            let file = try load()
            let before = file ?? fallback
            var content = before
            let sentence = try body(&content)
            let isNew = content != before
            if isNew || file == nil { try save(content) }
            return (SharedChange(sentence: sentence, isNew: isNew), content, stamp)
        }
    }
}

/// What became of a step that changes a ``SharedFile``.
struct SharedChange: Sendable {
    /// What was done, in a sentence.
    let sentence: String
    /// Whether anything is other than before.
    let isNew: Bool
}

extension CommandResult {
    init(_ change: SharedChange) {
        self = change.isNew ? .done(change.sentence) : .unchanged(change.sentence)
    }
}

/// What a decoder has against a file, with the place.
private enum JSONFault {
    static func words(_ error: any Error) -> String {
        guard let error = error as? DecodingError else { return "cannot be read" }
        switch error {
        case .keyNotFound(let key, let context):
            return "\(place(context, then: key.stringValue)) is missing"
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            return "\(place(context)) has the wrong type"
        case .dataCorrupted(let context) where context.codingPath.isEmpty:
            let reason = (context.underlyingError as NSError?)?.userInfo["NSDebugDescription"]
            return "not JSON: \(reason as? String ?? context.debugDescription)"
        case .dataCorrupted(let context): return "\(place(context)) has no such value"
        @unknown default: return "cannot be read"
        }
    }

    /// `devices[3].model`
    private static func place(_ context: DecodingError.Context, then key: String = "") -> String {
        var text = ""
        for step in context.codingPath {
            text += step.intValue.map { "[\($0)]" } ?? (text.isEmpty ? "" : ".") + step.stringValue
        }
        return key.isEmpty ? text : text.isEmpty ? key : "\(text).\(key)"
    }
}
