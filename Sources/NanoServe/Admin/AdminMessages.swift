import Foundation
import NanoCore

/// What is asked at the admin socket: one JSON object a line (`docs/admin.md`, "Requests").
struct AdminRequest: Codable, Sendable {
    /// Comes back with the answer.
    var id: UInt64 = 0
    /// `hello`, `snapshot`, or the name of a command.
    var act: String

    /// `hello`: the role wanted, when less than this user's will do.
    var role: AdminRole?
    /// `hello`: that this is a connection of a console, which is named alike in all of them.
    var console: String?
    /// `hello` of a console: false when it is content to look until it is elevated.
    var steer: Bool?
    /// `hello`: the terminal that the operator sits at, for the audit trail.
    var terminal: String?
    /// `hello`: who became root by sudo, for the audit trail; taken from root alone.
    var sudoUser: String?

    /// `snapshot`: the larger parts that are wanted.
    var parts: [String]?
    /// `snapshot`: the numbers of the lists that are held already, by their names; nil of whoever wants all
    /// rows in their places.
    var have: [String: UInt64]?

    var route: String?
    var letters: [Int64]?
    var upTo: Int64?
    /// Dead letters: those that match, in the language of filters, at this time in Unix milliseconds, and
    /// how many there may be of them.
    var filter: String?
    var asOf: Int64?
    var atMost: Int?
    /// As in messages: `0x10`.
    var model: String?
    var generation: Int?
    var force: Bool?
    /// Unix milliseconds.
    var until: Int64?
    var device: String?
    var devices: [DeviceName]?
    /// An address, or a network.
    var address: String?
    var seconds: Int?
    var records: [PacketRecord]?
    var format: String?
    var copy: CopiedText?
    /// The id of one.
    var alarm: String?
    /// `start_capture`: what ends it, besides `seconds`.
    var packets: Int?
    var bytes: Int?
    /// `start_capture`: the ring.
    var files: Int?
    var fileBytes: Int?

    private enum CodingKeys: String, CodingKey {
        case id
        case act = "do"
        case role, console, steer, terminal
        case sudoUser = "sudo_user"
        case parts, have, route, letters
        case upTo = "up_to"
        case filter
        case asOf = "as_of_unix_ms"
        case atMost = "at_most"
        case model, generation, force
        case until = "until_unix_ms"
        case device, devices, address, seconds, records, format, copy, packets, bytes, files
        case alarm
        case fileBytes = "file_bytes"
    }

    init(_ act: String) {
        self.act = act
    }
}

/// The answer to a request, one JSON object a line.
struct AdminAnswer: Codable, Sendable {
    /// That of the request; nil when it could not be read.
    var id: UInt64?
    var ok: Bool
    /// False where all was as it should become already; absent elsewhere.
    var changed: Bool?
    /// How many there are of what was to be counted; absent elsewhere.
    var count: Int?
    /// What was done.
    var result: String?
    /// Why nothing was.
    var error: String?
    var hello: AdminHello?
    var snapshot: Snapshot?
    /// What has changed of the snapshot's long lists, where the asker has said which it holds.
    var lists: AdminLists.News?

    static func failed(_ id: UInt64?, _ why: String) -> AdminAnswer {
        AdminAnswer(id: id, ok: false, error: SafeText.escaped(why))
    }
}

/// Whom one speaks to, and as whom.
public struct AdminHello: Codable, Equatable, Sendable {
    /// What the gateway is called.
    public var name: String
    public var version: String
    /// As the system tells it.
    public var user: String
    /// What this connection may do now.
    public var role: AdminRole
    /// Of a console: that it may look, and would be let steer if it asked for that.
    public var mayElevate: Bool?
    /// Of such a console: who steers; nil where nobody does.
    public var steeredBy: String?

    private enum CodingKeys: String, CodingKey {
        case name, version, user, role
        case mayElevate = "may_elevate"
        case steeredBy = "steered_by"
    }

    /// The same for a console.
    var standing: ConsoleStanding {
        if role == .operator { return .steers }
        return mayElevate == true ? .beside(steeredBy) : .looks
    }
}

/// Messages as they go over the socket.
enum AdminLine {
    /// Bytes of one request; only packets to be dumped need many.
    static let longestRequest = 8 << 20
    /// Bytes of one request of whoever may only look.
    static let longestOfObserver = 64 << 10
    /// Bytes of one answer: a snapshot of all devices that a gateway knows.
    static let longestAnswer = 256 << 20
    static let end = UInt8(ascii: "\n")

    static func encode(_ message: some Encodable) throws -> Data {
        let encoder = JSONEncoder()
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        encoder.outputFormatting = .withoutEscapingSlashes
        var line = try encoder.encode(message)
        line.append(end)
        return line
    }

    static func decode<Message: Decodable>(_ type: Message.Type, from line: Data) throws -> Message
    {
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        return try decoder.decode(type, from: line)
    }
}

extension SnapshotParts {
    /// By their names at the admin socket.
    static let named: [(name: String, part: SnapshotParts)] = [
        ("devices", .devices), ("packets", .packets), ("rejections", .rejections), ("log", .log),
        ("dead_letters", .deadLetters), ("audit", .audit),
    ]

    var names: [String] { Self.named.filter { contains($0.part) }.map(\.name) }

    /// - Throws: ``AdminFault`` for a name that is none.
    init(names: [String]) throws(AdminFault) {
        self = []
        for name in names {
            guard let part = Self.named.first(where: { $0.name == name })?.part else {
                throw AdminFault(
                    "parts: \"\(SafeText.quotable(name, to: 40))\" is none; use "
                        + Self.named.map(\.name).joined(separator: ", "))
            }
            insert(part)
        }
    }
}
