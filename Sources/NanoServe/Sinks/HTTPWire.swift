import NanoCore

/// What goes over HTTP to ALBA, CYCLE and their like (`docs/protocol.md`, "Delivery").
enum HTTPWire {
    /// Appends the body of a request.
    ///
    /// - Parameters:
    ///   - asArray: Whether the destination takes batches; then even one event is an array.
    ///   - withIDs: Whether each event begins with its identity.
    static func appendBody(
        of batch: DeliveryBatch, asArray: Bool, withIDs: Bool, into body: inout [UInt8]
    ) {
        if asArray { body.append(UInt8(ascii: "[")) }
        for place in batch.items.indices {
            if place > 0 { body.append(UInt8(ascii: ",")) }
            EventEncoder.appendJSON(
                frame: batch.bytes.span, bounds: bounds(place, of: batch), id: withIDs, into: &body)
        }
        if asArray { body.append(UInt8(ascii: "]")) }
    }

    /// Names a request: by the event's identity, or by all that are in the batch. It is the same on
    /// every retry of the same events.
    static func key(of batch: DeliveryBatch, asArray: Bool) -> String {
        guard asArray else { return ids(of: batch).first ?? "" }
        var identities: [UInt8] = []
        identities.reserveCapacity(batch.items.count * (EventIdentity.length + 1))
        for place in batch.items.indices {
            if place > 0 { identities.append(UInt8(ascii: "\n")) }
            EventIdentity.append(
                frame: batch.bytes.span, bounds(place, of: batch), into: &identities)
        }
        var key = Array("batch-".utf8)
        for byte in SHA256Digest.of(identities).prefix(16) {
            Hexadecimal.append(byte, into: &key)
        }
        return String(decoding: key, as: UTF8.self)
    }

    /// Identities of the events, in the order of the batch.
    static func ids(of batch: DeliveryBatch) -> [String] {
        batch.items.indices.map { place in
            EventIdentity.text(frame: batch.bytes.span, bounds(place, of: batch))
        }
    }

    private static func bounds(_ place: Int, of batch: DeliveryBatch) -> FrameBounds {
        guard let bounds = batch.bounds(of: place) else {
            preconditionFailure("the journal holds whole frames")
        }
        return bounds
    }
}
