import NanoCore

/// What goes over HTTP to ALBA, CYCLE and their like (`docs/protocol.md`, "Delivery").
enum HTTPWire {
    /// Body and name of one request.
    struct Request {
        var body: [UInt8] = []
        /// The event's identity, or one for the batch; the same on every retry.
        var idempotencyKey = ""
        /// Identities of the events, in the order of the batch.
        var ids: [String] = []
    }

    /// - Parameter asArray: Whether the destination takes batches; then even one event is an array.
    static func request(for batch: DeliveryBatch, asArray: Bool) -> Request {
        var request = Request()
        request.body.reserveCapacity(batch.bytes.count * 3)
        if asArray { request.body.append(UInt8(ascii: "[")) }
        for place in batch.items.indices {
            guard let bounds = batch.bounds(of: place) else {
                preconditionFailure("the journal holds whole frames")
            }
            if place > 0 { request.body.append(UInt8(ascii: ",")) }
            EventEncoder.appendJSON(
                frame: batch.bytes.span, bounds: bounds, id: asArray, into: &request.body)
            request.ids.append(EventIdentity.text(frame: batch.bytes.span, bounds))
        }
        if asArray { request.body.append(UInt8(ascii: "]")) }
        request.idempotencyKey = asArray ? batchKey(request.ids) : request.ids.first ?? ""
        return request
    }

    /// Names a batch by what is in it.
    private static func batchKey(_ ids: [String]) -> String {
        let digest = SHA256Digest.of(Array(ids.joined(separator: "\n").utf8))
        return "batch-"
            + digest.prefix(16).map { byte in
                (byte < 16 ? "0" : "") + String(byte, radix: 16)
            }.joined()
    }

    /// Reads `Retry-After` (RFC 9110 §10.2.3) given in seconds; a date is not understood.
    static func retryAfterMilliseconds(_ value: String?) -> Int64? {
        guard let value, let seconds = Int64(value.filter { $0 != " " }), seconds >= 0 else {
            return nil
        }
        return min(seconds, 86_400) * 1_000
    }
}
