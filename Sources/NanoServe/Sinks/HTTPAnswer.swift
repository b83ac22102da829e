import NIOCore
import NIOHTTP1

/// What a server answered, as far as a sink looks at it.
struct HTTPAnswer {
    var head: HTTPResponseHead
    /// The first ``maximumBodyBytes`` of the body.
    private(set) var body: ByteBuffer
    /// Whether there was more; nobody reads it, however much it is.
    private(set) var isCut: Bool

    init(head: HTTPResponseHead, body: ByteBuffer = ByteBuffer(), isCut: Bool = false) {
        self.head = head
        self.body = body
        self.isCut = isCut
    }

    static let maximumBodyBytes = 1 << 20

    /// Whether the body is a page for people.
    var isPage: Bool {
        head.headers.first(name: "content-type")?.lowercased().hasPrefix("text/html") ?? false
    }

    /// Whether the body is JSON, by what its head says.
    var isCalledJSON: Bool {
        let type = head.headers.first(name: "content-type")?.prefix { $0 != ";" }
            .lowercased().trimmingPrefix(while: \.isWhitespace)
        guard let type = type?.split(separator: " ").first else { return false }
        return type.hasSuffix("/json") || type.hasSuffix("+json")
    }

    /// Whether there is a body in a coding, as gzip is, though requests want none.
    var isCoded: Bool {
        body.readableBytes > 0
            && head.headers[canonicalForm: "content-encoding"]
                .contains { !$0.isEmpty && $0.lowercased() != "identity" }
    }

    mutating func append(_ part: ByteBuffer) {
        var part = part
        let room = Self.maximumBodyBytes - body.readableBytes
        guard var kept = part.readSlice(length: min(room, part.readableBytes)) else { return }
        if body.readableBytes == 0 { body = kept } else { body.writeBuffer(&kept) }
        isCut = part.readableBytes > 0
    }
}

/// Why there is no answer.
enum HTTPFault: Error {
    case timeout
    /// The server closed the connection before its answer was whole.
    ///
    /// - Parameter wasKept: The connection had served a request before, and no byte of an answer
    ///   came: the request crossed the end of a kept connection.
    case closed(wasKept: Bool)
    /// The gateway stops.
    case stopped
}
