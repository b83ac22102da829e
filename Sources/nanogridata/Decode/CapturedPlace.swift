import NanoCore
import NanoServe

/// Between whom a packet was sent, and when.
struct CapturedPlace {
    /// Address and port: `10.0.0.1:50112`, `[2001:db8::1]:50112`.
    let source: String
    let destination: String
    /// Nil where the capture does not tell.
    private(set) var unixNanoseconds: Int64?

    init(_ path: CapturedPath) {
        source = Self.text(path.source, path.sourcePort)
        destination = Self.text(path.destination, path.destinationPort)
    }

    /// The same ends, at another time.
    func at(unixNanoseconds: Int64?) -> CapturedPlace {
        var place = self
        place.unixNanoseconds = unixNanoseconds
        return place
    }

    private static func text(_ address: CapturedAddress, _ port: UInt16) -> String {
        text(IPAddress(high: address.high, low: address.low), port)
    }

    /// An address and a port.
    static func text(_ address: IPAddress, _ port: UInt16) -> String {
        let text = address.description
        return text.contains(":") ? "[\(text)]:\(port)" : "\(text):\(port)"
    }
}

/// What a capture says, or lacks, besides the verdicts.
enum CaptureNote {
    /// A frame was looked for: behind bytes that are not in the capture, or, without a number, where
    /// the capture begins in the middle of the connection.
    case search(missingBytes: Int?, skippedBytes: Int, found: Bool)
    /// A frame is not whole in the capture, whatever the gateway got; these many bytes of it are
    /// there.
    case cutOff(bytes: Int)
    /// A proxy told of the device's address, or of none.
    case proxy(device: String?)
    case tls

    /// Its name in JSON.
    var name: String {
        switch self {
        case .search(nil, _, _): "begins_in_the_middle"
        case .search: "gap"
        case .cutOff: "cut_off"
        case .proxy: "proxy_header"
        case .tls: "tls"
        }
    }

    /// What it is about, in bytes, by the names in JSON.
    var numbers: [(name: String, bytes: Int)] {
        switch self {
        case .search(let missingBytes, let skippedBytes, _):
            (missingBytes.map { [("missing_bytes", $0)] } ?? [])
                + [("skipped_bytes", skippedBytes)]
        case .cutOff(let bytes): [("bytes", bytes)]
        case .proxy, .tls: []
        }
    }

    /// One sentence.
    var words: String {
        switch self {
        case .search(let missingBytes, let skippedBytes, let found):
            let start =
                missingBytes.map { "\($0) bytes are missing in the capture" }
                ?? "the capture begins in the middle of the connection"
            return start + "; \(skippedBytes) bytes skipped, "
                + (found ? "up to the next frame" : "no frame found")
        case .cutOff(let bytes): return "\(bytes) bytes of a frame whose rest is not in the capture"
        case .proxy(let device?): return "PROXY protocol header, the device is \(device)"
        case .proxy(nil): return "PROXY protocol header without an address"
        case .tls: return "TLS: what the device sent cannot be read from a capture"
        }
    }
}
