import Foundation
import NanoCore

/// A recording's form: JSON lines, the first of which says what it is.
enum RecordingLine {
    /// The newest version of the form.
    static let version = 1

    /// The first line.
    struct Head: Codable {
        /// ``RecordingLine/version``, by which a recording is known.
        var nanogridataRecording: Int
        /// Of the gateway that was recorded.
        var gateway: String
        var version: String
        var startedUnixMilliseconds: Int64

        enum CodingKeys: String, CodingKey {
            case nanogridataRecording = "nanogridata_recording"
            case gateway, version
            case startedUnixMilliseconds = "started_unix_milliseconds"
        }
    }

    /// Every other line: the state of the gateway at a moment.
    struct Moment: Codable {
        /// Since the recording began.
        var milliseconds: Int64
        /// Whether it has the rows of all views.
        var rows: Bool
        var snapshot: Snapshot
    }

    /// How the line of a moment begins, which is all that is read to know when it was.
    static let momentStart = "{\"milliseconds\":"

    /// Keys in their order, so that what tells moments apart comes first.
    static func encode(_ value: some Encodable) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        return try encoder.encode(value) + [UInt8(ascii: "\n")]
    }

    static func decode<Value: Decodable>(_ type: Value.Type, from line: Data) throws -> Value {
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        return try decoder.decode(type, from: line)
    }
}
