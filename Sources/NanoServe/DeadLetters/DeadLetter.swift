package import NanoCore

/// A packet that its destination refused for good, with the answer that says so.
package struct DeadLetter: Equatable, Sendable {
    /// What is to become of it.
    package enum State: Int, Sendable {
        case dead = 0
        /// To be sent once more.
        case redrive = 1
        /// To be removed, by the gateway that holds the folder.
        case drop = 2

        /// As lists show it.
        package var name: String {
            switch self {
            case .dead: "dead"
            case .redrive: "redrive"
            case .drop: "drop"
            }
        }
    }

    /// Its number in the store, which no other letter there has ever had; 0 until it is stored.
    package var number: Int64 = 0
    /// The destination.
    package var route: String
    /// By which the destination knows the packet too.
    package var identity: String
    /// The frame, and behind it its opened payload where that came encrypted.
    package var frame: [UInt8]
    package var model: ModelID
    /// As sent, so hostile text; nil for a payload without one.
    package var device: String?
    package var receivedUnixMilliseconds: Int64
    /// When it was condemned last.
    package var condemnedUnixMilliseconds: Int64
    /// Attempts to deliver it, those of earlier condemnations included.
    package var attempts: Int
    /// The status that condemned it: `422 Unprocessable Entity`.
    package var error: String
    /// The destination's reason, or the beginning of its answer, as it came.
    package var excerpt: String
    package var state = State.dead
    /// Whether the disk has changed it, so that it cannot be sent.
    package var isDamaged = false

    /// The most of an answer that is kept, in bytes.
    static let excerptBytes = 1_024

    /// Its payload as JSON, as a destination would get it; cut where it is longer.
    package func payload(atMost characters: Int) -> String {
        guard let bounds = FrameBounds(packet: frame.indices, in: frame.span) else { return "" }
        var json: [UInt8] = []
        JSONWriter.write(cbor: frame.span, bounds.content, into: &json)
        return SafeText.shortened(String(decoding: json, as: UTF8.self), to: characters)
    }
}

extension DeadLetter {
    /// An item of a batch with the answer that condemned it; nil where there is no frame.
    init?(
        _ batch: DeliveryBatch, at place: Int, for route: String, condemnedBy answer: SinkAnswer,
        now: Moment
    ) {
        guard let bounds = batch.bounds(of: place) else { return nil }
        let item = batch.items[place]
        let (error, excerpt) = answer.condemnation(of: place)
        self.init(
            route: route, identity: EventIdentity.text(frame: batch.bytes.span, bounds),
            frame: Array(batch.bytes[item.frame]), model: item.model,
            device: CBORScan.deviceID(in: batch.bytes.span, bounds.payload)
                .map { Self.storable($0.text(in: batch.bytes.span), atMost: .max) },
            receivedUnixMilliseconds: item.receivedUnixMilliseconds(now: now),
            condemnedUnixMilliseconds: now.unixMilliseconds, attempts: batch.failures + 1,
            error: Self.storable(error, atMost: Self.excerptBytes),
            excerpt: Self.storable(excerpt, atMost: Self.excerptBytes))
        if batch.isRedriven { number = Int64(item.block) }
    }

    /// The beginning of a text, cut between two characters. SQLite's texts end at U+0000, so that
    /// it becomes U+2400, its visible symbol.
    static func storable(_ text: String, atMost bytes: Int) -> String {
        var kept = String.UnicodeScalarView()
        var length = 0
        for scalar in text.unicodeScalars {
            let scalar: Unicode.Scalar = scalar == "\u{0}" ? "\u{2400}" : scalar
            length += UTF8.width(scalar)
            guard length <= bytes else { break }
            kept.append(scalar)
        }
        return String(kept)
    }
}
