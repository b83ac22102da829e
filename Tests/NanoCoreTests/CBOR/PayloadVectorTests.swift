import Foundation
import NanoCore
import Testing

/// The payloads of the published frames, where they are.
@Suite(.enabled(if: FileManager.default.fileExists(atPath: VectorFiles.path("frames.json"))))
struct PayloadVectorTests {

    static func frames(_ list: String) throws -> [[String: Any]] {
        let file = try JSONSerialization.jsonObject(
            with: Data(contentsOf: URL(filePath: VectorFiles.path("frames.json"))))
        return try #require((file as? [String: Any])?[list] as? [[String: Any]])
    }

    /// The payload of a frame, its model and its type.
    static func parts(_ frame: [String: Any]) throws -> ([UInt8], ModelID, PayloadType?) {
        let bytes = Payloads.bytes(try #require(frame["hex"] as? String))
        let end = FrameHeader.length + (Int(bytes[6]) << 8 | Int(bytes[7]))
        return (
            Array(bytes[FrameHeader.length..<end]), ModelID(rawValue: bytes[3]),
            PayloadType(rawValue: bytes[4])
        )
    }

    static func verdict(_ frame: [String: Any]) throws -> Refusal? {
        let (payload, model, type) = try parts(frame)
        if let refusal = Payloads.refusal(payload) { return refusal }
        let known = try #require(type)
        do throws(Refusal) {
            try Profile.standard(for: model).validate(
                payload.span, payload: payload.indices, type: known)
            return nil
        } catch {
            return error
        }
    }

    @Test func `every valid frame's payload is taken, and is the JSON it should be`() throws {
        for frame in try Self.frames("valid") {
            let name = frame["name"] as? String ?? "?"
            #expect(try Self.verdict(frame) == nil, "\(name)")
            let json = try JSONSerialization.jsonObject(
                with: Data(Payloads.json(try Self.parts(frame).0).utf8))
            let expected = try #require(frame["payload"] as? NSObject)
            #expect(json as? NSObject == expected, "\(name)")
        }
    }

    @Test func `every bad payload is refused for a reason that fits`() throws {
        var count = 0
        for frame in try Self.frames("invalid") {
            let reason = frame["reason"] as? String ?? ""
            guard reason.hasPrefix("cbor_") || reason == "profile_violation" else { continue }
            count += 1
            let allowed = [reason] + (frame["also"] as? [String] ?? [])
            let refusal = try #require(try Self.verdict(frame), "\(frame["name"] ?? "?")")
            #expect(allowed.contains(refusal.reason.name), "\(frame["name"] ?? "?"): \(refusal)")
        }
        #expect(count > 50)
    }
}
