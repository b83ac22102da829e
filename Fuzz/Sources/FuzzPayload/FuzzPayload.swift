import NanoCore

/// Walks the input as a payload. What the walk passes can be read, written and shown; nothing traps,
/// whatever the bytes.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzPayload(_ start: UnsafePointer<UInt8>, _ count: Int) -> Int32 {
    let payload = Array(UnsafeBufferPointer(start: start, count: min(count, 1_024)))
    let range = payload.indices
    for profile in Profile.allCases {
        do {
            try profile.validate(payload.span, payload: range, type: .telemetry)
        } catch {
            _ = error.words
            guard (0...14 + payload.count).contains(error.offset) else {
                fatalError("offset \(error.offset) of \(payload.count) bytes")
            }
        }
    }
    _ = CBORScan.deviceID(in: payload.span, range)?.text(in: payload.span)
    _ = CBORDiagnostic.line(payload, range, atMost: 200)
    let isValid = (try? CBORWalk.validate(payload.span, range)) != nil
    if isValid {
        var json: [UInt8] = []
        JSONWriter.write(cbor: payload.span, range, into: &json)
        guard json.first == UInt8(ascii: "{"), json.last == UInt8(ascii: "}") else {
            fatalError("a map became \(String(decoding: json, as: UTF8.self))")
        }
    }
    return 0
}
