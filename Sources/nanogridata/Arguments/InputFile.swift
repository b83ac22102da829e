import Glibc
import NanoCore
import NanoServe

/// A file or standard input, read in blocks.
final class InputFile {
    /// For messages: the path, or `standard input`.
    let name: String
    private let descriptor: Int32

    /// - Parameters:
    ///   - path: `-` or nil for standard input.
    ///   - option: What the path was given with, for messages: `--secrets`; nil for the argument
    ///     that needs no name.
    /// - Throws: ``CommandFailure`` with exit code 2 when it can't be opened.
    init(path: String?, option: String? = nil) throws {
        let place = option.map { "\($0): " } ?? ""
        guard let path, path != "-" else {
            name = "standard input"
            descriptor = STDIN_FILENO
            return
        }
        guard !path.isEmpty else {
            throw CommandFailure.misuse([
                "\(place)the path is empty; name a file, or - for standard input"
            ])
        }
        name = SafeText.quotable(path, to: 4_096)
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            let reason = String(cString: strerror(errno))
            throw CommandFailure.misuse([
                "\(place)\(name): \(reason); name a file that can be read"
            ])
        }
    }

    deinit {
        if descriptor > STDIN_FILENO { close(descriptor) }
    }

    /// Hands out what is there, block by block, until the end.
    ///
    /// - Throws: ``CommandFailure`` with exit code 2 when it can't be read; what `body` throws.
    func forEachBlock(_ body: (Span<UInt8>) throws -> Void) throws {
        var block = [UInt8](repeating: 0, count: 256 << 10)
        while true {
            let count = block.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else {
                throw CommandFailure.misuse(["\(name): " + String(cString: strerror(errno))])
            }
            guard count > 0 else { return }
            let span = block.span
            try body(span.extracting(0..<count))
        }
    }

    /// Everything up to the end.
    ///
    /// - Throws: ``CommandFailure`` with exit code 2 when there are more than `limit` bytes.
    func readAll(atMost limit: Int = 1 << 30) throws -> [UInt8] {
        var bytes: [UInt8] = []
        try forEachBlock { part in
            guard bytes.count + part.count <= limit else {
                throw CommandFailure.misuse(["\(name): more than \(limit) bytes; cut it in parts"])
            }
            for index in part.indices { bytes.append(part[index]) }
        }
        return bytes
    }

    /// The text of a small file.
    static func text(at path: String, option: String) throws -> String {
        try InputFile(path: path, option: option).text()
    }

    /// The text of a small file with secrets.
    ///
    /// - Throws: ``CommandFailure`` with exit code 2, also when others can read it.
    static func secretText(at path: String, option: String) throws -> String {
        let file = try InputFile(path: path, option: option)
        do throws(KeystoreError) {
            if file.descriptor > STDIN_FILENO {
                try PrivateFile.expectPrivate(file.descriptor, path)
            }
        } catch {
            throw CommandFailure.misuse(["\(option): \(error)"])
        }
        return try file.text()
    }

    private func text() throws -> String {
        String(decoding: try readAll(atMost: 1 << 20), as: UTF8.self)
    }
}
